/**
 * How chains spell addresses, each with its check digits, as maintained codecs read them: a typing error in an address is
 * money that nobody gets back. Formats are those of the chains' own documents, named beside each.
 */
import { blake2b } from "@noble/hashes/blake2.js"
import { sha256, sha512_256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { base32nopad, base58, base58check as base58checkOf, bech32, bech32m } from "@scure/base"
import { addr } from "micro-eth-signer"
import type { AddressProblem } from "../../ports/blockchain.ts"

export type Network = "mainnet" | "testnet"

export type AddressFormat = {
  /** `null`: nothing is wrong with it. */
  readonly check: (address: string, network: Network) => AddressProblem | null
  /** The address that 32 bytes stand for. */
  readonly make: (bytes: Uint8Array, network: Network) => string
}

const base58check = base58checkOf(sha256)

/** What a codec reads, or `undefined` where it throws, as it does on anything malformed. */
const read = <A>(decode: () => A): A | undefined => {
  try {
    return decode()
  } catch {
    return undefined
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

const unless = (isFine: boolean, problem: AddressProblem): AddressProblem | null => (isFine ? null : problem)

/** ERC-55: letters in mixed case are check digits; in one case there are none. */
const evm: AddressFormat = {
  check: (address) => {
    if (!/^0x[0-9a-fA-F]{40}$/u.test(address)) return "address_malformed"
    return unless(addr.isValid(address), "address_checksum_wrong")
  },
  make: (bytes) => addr.addChecksum(`0x${bytesToHex(bytes.slice(0, 20))}`)
}

/** Witness programs by BIP-173 and BIP-350; the older two kinds by their version byte. */
const bitcoin: AddressFormat = {
  check: (address, network) => {
    const own = bitcoinNetworks[network]
    const other = bitcoinNetworks[network === "mainnet" ? "testnet" : "mainnet"]
    const lower = address.toLowerCase()
    if (lower.startsWith(`${other.prefix}1`)) return "address_network_wrong"
    if (lower.startsWith(`${own.prefix}1`)) return checkWitness(address, own.prefix)
    if (!/^[1-9A-HJ-NP-Za-km-z]{26,35}$/u.test(address)) return "address_malformed"
    const payload = read(() => base58check.decode(address))
    if (payload === undefined) return "address_checksum_wrong"
    const version = payload[0] ?? -1
    if (payload.length === 21 && other.versions.includes(version)) return "address_network_wrong"
    return unless(payload.length === 21 && own.versions.includes(version), "address_malformed")
  },
  make: (bytes, network) => bech32.encode(bitcoinNetworks[network].prefix, [0, ...bech32.toWords(bytes.slice(0, 20))])
}

const bitcoinNetworks = {
  mainnet: { prefix: "bc", versions: [0x00, 0x05] as ReadonlyArray<number> },
  testnet: { prefix: "tb", versions: [0x6f, 0xc4] as ReadonlyArray<number> }
}

const checkWitness = (address: string, prefix: string): AddressProblem | null => {
  const isBech32 = /^[0-9a-z]+$/u.test(address) || /^[0-9A-Z]+$/u.test(address)
  if (!isBech32 || address.length < 14 || address.length > 74) return "address_malformed"
  const first = bech32.decodeUnsafe(address)
  const decoded = first ?? bech32m.decodeUnsafe(address)
  if (decoded === undefined || decoded.prefix !== prefix) return "address_checksum_wrong"
  const [version, ...words] = decoded.words
  if ((version === 0) !== (first !== undefined)) return "address_checksum_wrong"
  const program = bech32.fromWordsUnsafe(words)
  const lengths = version === 0 ? [20, 32] : version === 1 ? [32] : []
  return unless(program !== undefined && lengths.includes(program.length), "address_malformed")
}

/** Cosmos accounts: bech32 of 20 bytes under the chain's prefix. */
const noble: AddressFormat = {
  check: (address) => {
    if (!/^noble1[0-9a-z]{38}$/u.test(address)) return "address_malformed"
    const decoded = bech32.decodeUnsafe(address)
    return unless(
      decoded !== undefined && bech32.fromWordsUnsafe(decoded.words)?.length === 20,
      "address_checksum_wrong"
    )
  },
  make: (bytes) => bech32.encode("noble", bech32.toWords(bytes.slice(0, 20)))
}

/** Algorand: base32 of a public key and the last four bytes of its SHA-512/256. */
const algorand: AddressFormat = {
  check: (address) => {
    if (!/^[A-Z2-7]{58}$/u.test(address)) return "address_malformed"
    const bytes = read(() => base32nopad.decode(address))
    if (bytes === undefined) return "address_malformed"
    return unless(sameBytes(sha512_256(bytes.slice(0, 32)).slice(28), bytes.slice(32)), "address_checksum_wrong")
  },
  make: (bytes) => base32nopad.encode(Uint8Array.of(...bytes, ...sha512_256(bytes).slice(28)))
}

/** Solana: base58 of 32 bytes, without check digits. */
const solana: AddressFormat = {
  check: (address) =>
    unless(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/u.test(address) && base58.decode(address).length === 32, "address_malformed"),
  make: (bytes) => base58.encode(bytes)
}

/** TRON: base58check of 0x41 and 20 bytes. */
const tron: AddressFormat = {
  check: (address) => {
    if (!/^T[1-9A-HJ-NP-Za-km-z]{33}$/u.test(address)) return "address_malformed"
    const payload = read(() => base58check.decode(address))
    if (payload === undefined) return "address_checksum_wrong"
    return unless(payload[0] === 0x41, "address_malformed")
  },
  make: (bytes) => base58check.encode(Uint8Array.of(0x41, ...bytes.slice(0, 20)))
}

/** Stellar: an account's StrKey (SEP-23), base32 of a version, a public key and a CRC-16. */
const stellar: AddressFormat = {
  check: (address) => {
    if (!/^G[A-Z2-7]{55}$/u.test(address)) return "address_malformed"
    const bytes = base32nopad.decode(address)
    if (bytes[0] !== strKeyAccount) return "address_malformed"
    return unless(sameBytes(crc16(bytes.slice(0, 33)), bytes.slice(33)), "address_checksum_wrong")
  },
  make: (bytes) => {
    const payload = Uint8Array.of(strKeyAccount, ...bytes)
    return base32nopad.encode(Uint8Array.of(...payload, ...crc16(payload)))
  }
}

const strKeyAccount = 6 << 3

/** CRC-16/XMODEM, least significant byte first. */
const crc16 = (bytes: Uint8Array): Uint8Array => {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return Uint8Array.of(crc & 0xff, crc >> 8)
}

/** Polkadot: SS58 with the relay chain's prefix or the generic one, and two bytes of BLAKE2b as check digits. */
const polkadot: AddressFormat = {
  check: (address) => {
    if (!/^[1-9A-HJ-NP-Za-km-z]{46,48}$/u.test(address)) return "address_malformed"
    const bytes = base58.decode(address)
    if (bytes.length !== 35) return "address_malformed"
    if (!sameBytes(ss58Check(bytes.slice(0, 33)), bytes.slice(33))) return "address_checksum_wrong"
    return unless(bytes[0] === 0 || bytes[0] === 42, "address_network_wrong")
  },
  make: (bytes) => {
    const payload = Uint8Array.of(0, ...bytes)
    return base58.encode(Uint8Array.of(...payload, ...ss58Check(payload)))
  }
}

const ss58Check = (payload: Uint8Array): Uint8Array =>
  blake2b(Uint8Array.of(...new TextEncoder().encode("SS58PRE"), ...payload)).slice(0, 2)

/** Hedera: an account number; the optional letters of HIP-15 are not taken. */
const hedera: AddressFormat = {
  check: (address) => unless(/^0\.0\.[1-9][0-9]{0,18}$/u.test(address), "address_malformed"),
  make: (bytes) => `0.0.${1_000_000 + ((bytes[0] ?? 0) << 16) + ((bytes[1] ?? 0) << 8) + (bytes[2] ?? 0)}`
}

/** NEAR: an implicit account, 64 hexadecimal digits, or a name. */
const near: AddressFormat = {
  check: (address) =>
    unless(
      address.length >= 2 &&
        address.length <= 64 &&
        /^(?:[a-z0-9]+[-_])*[a-z0-9]+(?:\.(?:[a-z0-9]+[-_])*[a-z0-9]+)*$/u.test(address),
      "address_malformed"
    ),
  make: (bytes) => bytesToHex(bytes)
}

/** Flow: eight bytes in hexadecimal. */
const flow: AddressFormat = {
  check: (address) => unless(/^0x[0-9a-f]{16}$/u.test(address), "address_malformed"),
  make: (bytes) => `0x${bytesToHex(bytes.slice(0, 8))}`
}

export const addressFormats = {
  evm,
  bitcoin,
  noble,
  algorand,
  solana,
  tron,
  stellar,
  polkadot,
  hedera,
  near,
  flow
} as const satisfies { readonly [name: string]: AddressFormat }
