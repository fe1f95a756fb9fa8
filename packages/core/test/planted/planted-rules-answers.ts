/** Rules 5 to 9, of what an answer of the gateway means, and of what none means, switched off. */
import type { Money } from "@paykernel/core"
import type { GatewayOperation } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { type Gateway, type PlantedRule, withGateway } from "./planted-rule.ts"

type Reply = Effect.Success<ReturnType<Gateway["send"]>>

const replying =
  (change: (reply: Reply, operation: GatewayOperation) => Reply) =>
  (own: Gateway): Partial<Gateway> => ({
    send: (operation, timeoutMs) => Effect.map(own.send(operation, timeoutMs), (reply) => change(reply, operation))
  })

const silenceIsNo = replying((reply) =>
  reply._tag === "Unknown"
    ? { _tag: "Declined", reference: null, code: "payment_failed", avs: "", cvv: "not_requested" }
    : reply
)

/** The first message has the key of its operation; those that follow have one of their own. */
const keyOfItsOwn = (own: Gateway): Partial<Gateway> => {
  const sends = new Map<string, number>()
  return {
    send: (operation, timeoutMs) => {
      const before = sends.get(operation.key) ?? 0
      sends.set(operation.key, before + 1)
      const key = before === 0 ? operation.key : `${operation.key}-${before + 1}`
      return own.send({ ...operation, key }, timeoutMs)
    }
  }
}

/** What was asked stands in for what was answered. */
const ownEcho = (own: Gateway): Partial<Gateway> => {
  const asked = new Map<string, Money>()
  return {
    send: (operation, timeoutMs) => {
      asked.set(operation.key, operation.amount)
      return Effect.map(own.send(operation, timeoutMs), (reply) =>
        reply._tag === "Approved" ? { ...reply, amount: operation.amount } : reply
      )
    },
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) => {
        if (found._tag !== "Found" || found.verdict._tag !== "Approved") return found
        return { _tag: "Found", verdict: { ...found.verdict, amount: asked.get(key) ?? found.verdict.amount } }
      })
  }
}

/** Answers of one connection are given out in the order in which they come, whatever was asked. */
const crossedAnswers = (own: Gateway): Partial<Gateway> => {
  let last: Reply | null = null
  return replying((reply, { amount }) => {
    const before = last
    last = reply._tag === "Approved" || reply._tag === "Declined" ? reply : last
    return before?._tag === "Approved" && reply._tag !== "NotSent" ? { ...before, amount } : reply
  })(own)
}

export const unknownIsAState: PlantedRule = {
  number: 5,
  name: "unknown is a state, and nothing else is begun while it lasts",
  off: [
    { title: "no answer is taken for a refusal", as: ["TRUTH"], planting: withGateway(silenceIsNo) },
    {
      title: "what is in doubt does not stand in the way of what comes next",
      as: ["I5", "TRUTH"],
      functions: ({ openAttempt }) => ({
        openAttempt: (payment, kinds) =>
          openAttempt({ ...payment, attempts: payment.attempts.filter(({ status }) => status !== "unknown") }, kinds)
      })
    }
  ]
}

export const oneKeyPerOperation: PlantedRule = {
  number: 6,
  name: "one gateway key for each operation, and none is sent again without a look-up",
  off: [
    { title: "a message that is sent again has a new gateway key", as: ["RESEND"], planting: withGateway(keyOfItsOwn) },
    {
      title: "what is unknown is sent again without asking what became of it",
      as: ["RESEND"],
      planting: withGateway(() => ({ lookup: () => Effect.succeed({ _tag: "AbsentFinal" }) }))
    }
  ]
}

export const absenceIsNotFinal: PlantedRule = {
  number: 7,
  name: "not found is not did not happen, before the quiet period is over",
  off: [
    {
      title: "an absence is final at once",
      as: ["RESEND"],
      functions: () => ({ absenceIsFinal: () => true })
    },
    {
      title: "an adapter says never where its gateway says not yet",
      as: ["RESEND"],
      planting: withGateway((own) => ({
        lookup: (key, timeoutMs) =>
          Effect.map(own.lookup(key, timeoutMs), (found) =>
            found._tag === "AbsentYet" ? { _tag: "AbsentFinal" } : found
          )
      }))
    }
  ]
}

export const codesInMemoryOnly: PlantedRule = {
  number: 8,
  name: "security codes live in memory only, and no key stands for them",
  off: [
    {
      title: "codes are kept where every process finds them",
      as: ["I10"],
      functions: ({ cvvLocker }) => {
        let shared: ReturnType<typeof cvvLocker> | null = null
        return {
          cvvLocker: (entriesMax, clock) => {
            shared ??= cvvLocker(entriesMax, clock)
            return { ...shared, isInUse: () => false }
          }
        }
      }
    },
    {
      title: "a message whose code is gone is sent again",
      as: ["RESEND", "TRUTH"],
      functions: ({ mayResend }) => ({
        mayResend: (attempt, policy, nowMs) => mayResend({ ...attempt, needsCvv: false }, policy, nowMs)
      })
    },
    {
      title: "the fingerprint of a request is taken of its ciphertext",
      as: ["I7"],
      functions: ({ canonical }) => {
        let encryptions = 0
        return { canonical: (meaning) => canonical([meaning, ++encryptions]) }
      }
    }
  ]
}

export const answersAreMatched: PlantedRule = {
  number: 9,
  name: "every answer is matched with what was asked",
  off: [
    { title: "the amount of an approval is not compared", as: ["TRUTH"], planting: withGateway(ownEcho) },
    { title: "an answer is not matched by its key", as: ["TRUTH"], planting: withGateway(crossedAnswers) }
  ]
}
