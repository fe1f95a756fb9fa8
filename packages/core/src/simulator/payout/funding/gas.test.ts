import { describe, expect, it } from "vitest"
import { intrinsicGas, isBidAbove, overtakingFee } from "./gas.ts"

describe("what a chain takes for a transaction", () => {
  it.each([
    [[], 21_000n],
    [[0, 0], 21_008n],
    [[1, 255, 0], 21_036n]
  ])("for being sent, with the data %j", (data, gas) => {
    expect(intrinsicGas(Uint8Array.from(data))).toBe(gas)
  })

  it.each([
    [110n, 100n, true],
    [109n, 100n, false],
    [12n, 11n, false],
    [13n, 11n, true]
  ])("an offer of %i overtakes one of %i: %s", (offered, overtaken, isAbove) => {
    expect(isBidAbove(offered, overtaken)).toBe(isAbove)
  })

  it.each([
    [1_000_000_000n, 1_000_000_000n, "5000000000", "2000000000"],
    [5_000_000_000n, 2_000_000_000n, "5625000000", "2250000000"],
    [8_000_000_001n, 4_000_000_001n, "9000000002", "4500000002"]
  ])("an offer that overtakes %i and %i", (maxFeePerGas, maxPriorityFeePerGas, fee, priorityFee) => {
    const raised = overtakingFee({ maxFeePerGas, maxPriorityFeePerGas })
    expect(raised).toMatchObject({ maxFeePerGas: fee, maxPriorityFeePerGas: priorityFee })
    expect(isBidAbove(BigInt(raised.maxFeePerGas), maxFeePerGas)).toBe(true)
    expect(isBidAbove(BigInt(raised.maxPriorityFeePerGas), maxPriorityFeePerGas)).toBe(true)
  })
})
