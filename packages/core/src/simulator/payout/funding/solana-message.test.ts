import { base58 } from "@scure/base"
import { describe, expect, it } from "vitest"
import { messageBytes, readTransaction, signatureBytes, transactionBytes } from "./solana-message.ts"

/** An account that is easily found again: 32 times the same byte. */
const account = (byte: number): string => base58.encode(new Uint8Array(32).fill(byte))
const written = (byte: number): ReadonlyArray<number> => Array.from({ length: 32 }, () => byte)

describe("a message as Solana writes it", () => {
  it("lists each account once, in the order of its rights, and instructions name them by their place", () => {
    const bytes = messageBytes({
      signers: [account(1)],
      readonlySigners: [account(2)],
      writable: [account(3)],
      blockhash: new Uint8Array(32).fill(9),
      instructions: [
        { program: account(7), accounts: [account(3), account(4), account(1)], data: Uint8Array.of(50, 51) },
        { program: account(7), accounts: [account(2)], data: Uint8Array.of() }
      ]
    })
    expect([...bytes]).toEqual([
      ...[2, 1, 2],
      ...[5, ...written(1), ...written(2), ...written(3), ...written(4), ...written(7)],
      ...written(9),
      2,
      ...[4, 3, 2, 3, 0, 2, 50, 51],
      ...[4, 1, 1, 0]
    ])
  })

  it.each([
    [127, [127]],
    [128, [128, 1]],
    [300, [172, 2]]
  ])("says how many bytes follow: %i", (length, prefix) => {
    const instruction = { program: account(7), accounts: [], data: new Uint8Array(length).fill(5) }
    const blockhash = new Uint8Array(32)
    const bytes = messageBytes({
      ...{ signers: [account(1)], readonlySigners: [], writable: [], blockhash },
      instructions: [instruction]
    })
    const rest = [...bytes].slice(3 + 1 + 2 * 32 + 32)
    expect(rest).toEqual([1, 1, 0, ...prefix, ...instruction.data])
  })
})

describe("a transaction as Solana writes it", () => {
  it("is its signatures and its message", () => {
    const signatures = [1, 2].map((byte) => new Uint8Array(signatureBytes).fill(byte))
    const message = Uint8Array.of(7, 8)
    expect(readTransaction(transactionBytes(signatures, message))).toEqual({ signatures, message })
  })

  it.each([
    ["nothing", 0, 0],
    ["no signatures", 0, 10],
    ["no message", 1, 64],
    ["fewer signatures than it says", 2, 100],
    ["more signatures than fit", 128, 128 * 64 + 10]
  ])("with %s is none", (_what, count, length) => {
    expect(
      readTransaction(count === 0 && length === 0 ? new Uint8Array(0) : Uint8Array.of(count, ...new Uint8Array(length)))
    ).toBeUndefined()
  })

  it("has up to 127 signatures, and a message of one byte at least", () => {
    const read = readTransaction(Uint8Array.of(127, ...new Uint8Array(127 * 64 + 1)))
    expect([read?.signatures.length, read?.message.length]).toEqual([127, 1])
  })
})
