/**
 * The protocol that keeps a payer from being charged twice, rule by rule, and what happens without each: every way of
 * switching one off is in this table, and the simulation notices it. What is not here is not known to be noticed.
 */
import { CardGateway } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { type Gateway, type PlantedRule, type Port, withinStore } from "./planted-rule.ts"
import * as Answers from "./planted-rules-answers.ts"
import { onePaymentPerCheckout } from "./planted-rules-checkouts.ts"
import * as Commits from "./planted-rules-commits.ts"
import * as Recovery from "./planted-rules-recovery.ts"

/** Reads on from the latest task that was seen, so whatever falls due before it is never seen. */
const cursor = (own: Port): Partial<Port> => {
  let seenMs = 0
  return {
    claim: (request) =>
      Effect.map(own.claim(request), (tasks) => {
        const news = tasks.filter(({ dueAtMs }) => dueAtMs >= seenMs)
        seenMs = Math.max(seenMs, ...news.map(({ dueAtMs }) => dueAtMs))
        return news
      })
  }
}

const believing = (own: Gateway): Gateway => ({
  ...own,
  authenticate: () => Effect.succeed({ _tag: "AuthenticationPassed", eci: "05" })
})

const beside: PlantedRule = {
  number: null,
  name: "what no rule says, and all of them need",
  off: [
    {
      title: "tasks are read by a cursor, which skips gaps",
      as: ["I9"],
      planting: withinStore(cursor)
    },
    {
      title: "a payer who comes back from a challenge is taken to have passed it",
      as: ["FORGED"],
      functions: ({ runAuthentication }) => ({
        runAuthentication: (operations, merchantId, paymentId, task) => {
          const asked = runAuthentication(operations, merchantId, paymentId, task)
          return task === null ? Effect.updateService(asked, CardGateway, believing) : asked
        }
      })
    },
    {
      title: "a return from a challenge is believed without its proof",
      as: ["FORGED"],
      functions: () => ({
        readChallengeState: (_, state) => {
          const [merchantId = "", paymentId = ""] = state.split(".")
          return { merchantId, paymentId }
        }
      })
    }
  ]
}

export const plantedRules: ReadonlyArray<PlantedRule> = [
  Commits.intentBeforeCall,
  Commits.markBeforeSend,
  Commits.noTransactionDuringCall,
  Commits.oneCommitForTheResult,
  Answers.unknownIsAState,
  Answers.oneKeyPerOperation,
  Answers.absenceIsNotFinal,
  Answers.codesInMemoryOnly,
  Answers.answersAreMatched,
  Recovery.messagesAreLookUps,
  Recovery.reconciler,
  Recovery.followUpsAlike,
  Recovery.keysHandOver,
  Recovery.keysOutlast,
  Recovery.undoneToTheEnd,
  beside,
  onePaymentPerCheckout
]
