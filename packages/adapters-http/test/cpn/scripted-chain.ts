/** A chain that says what a test wants it to say. What it does not say is what the simulated one does. */
import type { FundingChain, PlanRefusal, SigningFault } from "@paykernel/core"
import { FundingChainUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"

type Chain = FundingChain["Service"]
type Standing = Extract<Effect.Success<ReturnType<Chain["lookup"]>>, { readonly _tag: "Found" }>["standing"]

export type ChainScript = {
  planRefusal: PlanRefusal | null
  signingFault: SigningFault | null
  /** What becomes of everything that is broadcast. */
  fate: "confirmed" | "waiting" | "failed"
  /** Nobody is reached. */
  isAway: boolean
}

/** Anything that is signed is sound, and is confirmed at once, unless the script says otherwise. */
export const scriptedChain = () => {
  const script: ChainScript = { planRefusal: null, signingFault: null, fate: "confirmed", isAway: false }
  const standings = new Map<string, Standing>()
  const reached = <A>(said: Effect.Effect<A, FundingChainUnavailable>) =>
    Effect.suspend(() => (script.isAway ? Effect.fail(new FundingChainUnavailable({ reason: "away" })) : said))
  const wrap = (chain: Chain): Chain => ({
    ...chain,
    plan: (plan) => {
      const why = script.planRefusal
      return reached(why === null ? chain.plan(plan) : Effect.succeed({ _tag: "Refused", why }))
    },
    check: () => {
      const why = script.signingFault
      return reached(Effect.succeed(why === null ? { _tag: "Sound" } : { _tag: "Faulty", why }))
    },
    broadcast: ({ key, amount }) =>
      Effect.sync(() => {
        const transactionHash = `0x${key.replaceAll("-", "").padStart(64, "0")}`
        if (script.fate === "waiting") standings.set(key, { _tag: "Waiting", transactionHash })
        else if (script.fate === "failed") standings.set(key, { _tag: "Failed", reason: "out_of_gas", transactionHash })
        else standings.set(key, { _tag: "Confirmed", transactionHash, received: amount })
        return { _tag: "Sent", standing: { _tag: "Waiting", transactionHash } }
      }),
    lookup: (key) =>
      Effect.sync(() => {
        const standing = standings.get(key)
        return standing === undefined ? { _tag: "Absent" } : { _tag: "Found", standing }
      })
  })
  return { script, wrap }
}
