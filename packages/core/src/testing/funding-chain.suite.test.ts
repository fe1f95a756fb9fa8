/** The suite can tell: each chain here has one defect that a real one could have, and a case notices it. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { FundingChain, FundingStanding } from "../ports/funding-chain.ts"
import { type FundingWorld, fundingWorld } from "./funding/simulated-funding.ts"
import { fundingChainCases } from "./funding-chain-cases.ts"
import { NotApplicable } from "./suite.ts"

type Chain = FundingChain["Service"]

/** A sound chain in the hands of somebody who spoils one thing. */
const spoilt = (spoil: (own: Chain) => Partial<Chain>) => async (): Promise<FundingWorld> => {
  const world = await fundingWorld()
  return { ...world, versions: [2], chain: { ...world.chain, ...spoil(world.chain) } }
}

const confirmed = (key: string): FundingStanding => ({
  _tag: "Confirmed",
  transactionHash: key,
  received: { amount: 100_240_000n, currency: "USDC" }
})

const defects: { readonly [title: string]: () => Promise<FundingWorld> } = {
  "finds everything sound": spoilt(() => ({ check: () => Effect.succeed({ _tag: "Sound" }) })),
  "confirms what was never sent": spoilt(() => ({
    lookup: (key) => Effect.succeed({ _tag: "Found", standing: confirmed(key) })
  })),
  "forgets what it sent": spoilt(() => ({ lookup: () => Effect.succeed({ _tag: "Absent" }) })),
  "confirms all that it sends": spoilt(() => ({
    broadcast: ({ key }) => Effect.succeed({ _tag: "Sent", standing: confirmed(key) })
  })),
  "has the same signed twice": spoilt((own) => ({ plan: (plan) => own.plan({ ...plan, key: "always the same" }) })),
  "plans for chains that it is not on": spoilt((own) => ({
    plan: (plan) => own.plan({ ...plan, blockchain: "ETH-SEPOLIA" })
  })),
  "takes any text for an address": spoilt(() => ({ isAddress: () => true }))
}

const noticed = async (make: () => Promise<FundingWorld>): Promise<boolean> => {
  for (const holds of Object.values(fundingChainCases)) {
    try {
      await holds(await make())
    } catch (error) {
      if (!(error instanceof NotApplicable)) return true
    }
  }
  return false
}

describe("the suite of funding chains notices one that", () => {
  it.each(Object.keys(defects))("%s", async (title) => {
    expect(await noticed(defects[title] ?? (() => fundingWorld()))).toBe(true)
  })
})
