import { bytesToHex } from "@noble/hashes/utils.js"
import { describe, expect, it } from "vitest"
import { integer, oid, pem, sequence } from "./der.ts"

describe("DER", () => {
  it.each([
    [0n, "020100"],
    [127n, "02017f"],
    [128n, "02020080"],
    [255n, "020200ff"],
    [256n, "02020100"],
    [0x8000n, "0203008000"]
  ])("writes the number %i as %s", (value, hex) => {
    expect(bytesToHex(integer(value))).toBe(hex)
  })

  it.each([
    [[1, 2, 840, 113549], "06062a864886f70d"],
    [[2, 5, 4, 3], "0603550403"],
    [[1, 3, 127, 128], "06042b7f8100"]
  ])("writes the object identifier %j as %s", (arcs, hex) => {
    expect(bytesToHex(oid(arcs))).toBe(hex)
  })

  it.each([
    [127, "307f"],
    [128, "308180"],
    [255, "3081ff"],
    [256, "30820100"]
  ])("writes a length of %i as %s", (length, hex) => {
    expect(bytesToHex(sequence(new Uint8Array(length))).slice(0, hex.length)).toBe(hex)
  })

  it("stands between its words in lines of 64 letters", () => {
    const lines = pem("CERTIFICATE", new Uint8Array(60)).split("\n")
    expect(lines).toEqual([
      "-----BEGIN CERTIFICATE-----",
      "A".repeat(64),
      "A".repeat(16),
      "-----END CERTIFICATE-----",
      ""
    ])
  })
})
