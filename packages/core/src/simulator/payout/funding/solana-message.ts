/**
 * Transactions as Solana writes them (legacy messages): who signs, which accounts are touched, a recent block's hash, and
 * instructions that name accounts by their place in the list.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { base58 } from "@scure/base"

export type Instruction = {
  readonly program: string
  readonly accounts: ReadonlyArray<string>
  readonly data: Uint8Array
}

export type SolanaMessage = {
  /** The first one pays. Those in `readonlySigners` only sign. */
  readonly signers: ReadonlyArray<string>
  readonly readonlySigners: ReadonlyArray<string>
  readonly writable: ReadonlyArray<string>
  readonly blockhash: Uint8Array
  readonly instructions: ReadonlyArray<Instruction>
}

/** The bytes that every signer signs. */
export const messageBytes = (message: SolanaMessage): Uint8Array => {
  const { signers, readonlySigners, writable, blockhash, instructions } = message
  const named = [...signers, ...readonlySigners, ...writable]
  const touched = instructions.flatMap(({ program, accounts }) => [...accounts, program])
  const readonly = [...new Set(touched)].filter((address) => !named.includes(address))
  const keys = [...named, ...readonly]
  const header = Uint8Array.of(signers.length + readonlySigners.length, readonlySigners.length, readonly.length)
  return concatBytes(
    header,
    shortLength(keys.length),
    ...keys.map((key) => base58.decode(key)),
    blockhash,
    shortLength(instructions.length),
    ...instructions.map(({ program, accounts, data }) =>
      concatBytes(
        Uint8Array.of(keys.indexOf(program)),
        shortLength(accounts.length),
        Uint8Array.from(accounts, (account) => keys.indexOf(account)),
        shortLength(data.length),
        data
      )
    )
  )
}

export const signatureBytes = 64

/** A transaction: its signatures in the order of the signers, zeros where one is missing, and the message. */
export const transactionBytes = (signatures: ReadonlyArray<Uint8Array>, message: Uint8Array): Uint8Array =>
  concatBytes(shortLength(signatures.length), ...signatures, message)

export type SolanaTransaction = { readonly signatures: ReadonlyArray<Uint8Array>; readonly message: Uint8Array }

/** Signatures and message of a transaction; `undefined`: it is too short for as many as it says. */
export const readTransaction = (bytes: Uint8Array): SolanaTransaction | undefined => {
  const count = bytes[0] ?? 0
  const messageAt = 1 + count * signatureBytes
  // 127 signatures would not fit into a packet, so the length is one byte.
  if (count < 1 || count > 127 || bytes.length <= messageAt) return undefined
  const signatures = Array.from({ length: count }, (_, at) =>
    bytes.slice(1 + at * signatureBytes, 1 + (at + 1) * signatureBytes)
  )
  return { signatures, message: bytes.slice(messageAt) }
}

/** Lengths in seven bits per byte, the least significant first. */
const shortLength = (length: number): Uint8Array =>
  length < 0x80 ? Uint8Array.of(length) : Uint8Array.of((length & 0x7f) | 0x80, length >> 7)

const tokenProgram = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
const associatedTokenProgram = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"
const computeBudgetProgram = "ComputeBudget111111111111111111111111111111"
const memoProgram = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"

/** Where a wallet keeps a token: the first address that its owner, program and mint give which is nobody's key. */
export const tokenAccountOf = (owner: string, mint: string): string => {
  const seeds = [owner, tokenProgram, mint].map((text) => base58.decode(text))
  const suffix = concatBytes(base58.decode(associatedTokenProgram), utf8ToBytes("ProgramDerivedAddress"))
  for (let bump = 255; bump >= 0; bump--) {
    const candidate = sha256(concatBytes(...seeds, Uint8Array.of(bump), suffix))
    if (!isOnCurve(candidate)) return base58.encode(candidate)
  }
  throw new Error("no address is left for a token account")
}

const isOnCurve = (bytes: Uint8Array): boolean => {
  try {
    ed25519.Point.fromBytes(bytes)
    return true
  } catch {
    return false
  }
}

const littleEndian = (value: bigint, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn))

export const computeUnitLimit = (units: bigint): Instruction => ({
  program: computeBudgetProgram,
  accounts: [],
  data: concatBytes(Uint8Array.of(2), littleEndian(units, 4))
})

export const computeUnitPrice = (microLamports: bigint): Instruction => ({
  program: computeBudgetProgram,
  accounts: [],
  data: concatBytes(Uint8Array.of(3), littleEndian(microLamports, 8))
})

export type TokenTransfer = {
  readonly owner: string
  readonly from: string
  readonly to: string
  readonly mint: string
  readonly amount: bigint
  readonly decimals: number
}

/** The transfer that also says which token is meant, and how finely it is counted. */
export const tokenTransfer = ({ owner, from, to, mint, amount, decimals }: TokenTransfer): Instruction => ({
  program: tokenProgram,
  accounts: [from, mint, to, owner],
  data: concatBytes(Uint8Array.of(12), littleEndian(amount, 8), Uint8Array.of(decimals))
})

export const memo = (text: string): Instruction => ({ program: memoProgram, accounts: [], data: utf8ToBytes(text) })
