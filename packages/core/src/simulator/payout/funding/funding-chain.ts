/** The port to the simulated chains: their desk, at the other end of a line that may misbehave. */
import * as Effect from "effect/Effect"
import {
  type FundingChain,
  FundingChainUnavailable,
  type FundingLookup,
  type FundingReply,
  type SigningCheck
} from "../../../ports/funding-chain.ts"
import type { NetworkLine } from "../network-line.ts"
import { fundedChain, isAddressOf } from "./funding-chain-list.ts"
import type { FundingDesk } from "./funding-desk.ts"

export type FundingChainParts = { readonly desk: FundingDesk; readonly nowMs: () => number }

export const fundingChainOver = (line: NetworkLine, { desk, nowMs }: FundingChainParts): FundingChain["Service"] => {
  const ask = <A>(question: () => Promise<A>): Effect.Effect<A, FundingChainUnavailable> =>
    Effect.mapError(line.ask(question), (reason) => new FundingChainUnavailable({ reason }))

  return {
    name: "simulated",
    isAddress: (blockchain, address) => {
      const chain = fundedChain(blockchain)
      return chain !== undefined && isAddressOf(chain, address)
    },
    plan: (plan) => ask(async () => desk.plan(plan)),
    check: (signed) =>
      ask(async (): Promise<SigningCheck> => {
        const why = desk.check(signed)
        return why === null ? { _tag: "Sound" } : { _tag: "Faulty", why }
      }),
    broadcast: (signed, timeoutMs) =>
      Effect.map(
        line.send(signed.key, () => desk.broadcast(signed), timeoutMs),
        (sent): FundingReply => (sent._tag === "Answered" ? { _tag: "Sent", standing: sent.answer } : sent)
      ),
    lookup: (key) =>
      Effect.map(
        line.look(key, (lagMs): FundingLookup | undefined => {
          if (desk.standing(key, nowMs()) === undefined) return { _tag: "Absent" }
          const standing = desk.standing(key, nowMs() - lagMs)
          return standing === undefined ? undefined : { _tag: "Found", standing }
        }),
        (seen) => (seen._tag === "Seen" ? seen.view : seen)
      )
  }
}
