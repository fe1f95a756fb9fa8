/** What reaches the kernel from the bank's side and from payers, honest or not. */
import type { GatewayVerdict } from "../../attempt/attempt.ts"
import type { ChallengeAnswer, Executed } from "../../simulator/journal.ts"
import { usd } from "../payment-examples.ts"
import { type AttemptEntry, isOpen } from "./attempt-book.ts"
import { minorUnits } from "./bank-truth.ts"
import { merchantId } from "./shop.ts"
import type { World } from "./world.ts"

/** The payer answers the challenge at his issuer's page, and seldom once more. */
export const answerChallenge = ({ dice, bank, truth, report, readTruth }: World): void => {
  readTruth()
  const met = [...truth.challenges.values()].filter(({ challengeId }) => challengeId !== null).slice(-6)
  const waiting = met.filter(({ isAnswered }) => !isAnswered)
  const id = dice.any(waiting.length > 0 && dice.chance(0.9) ? waiting : met)?.challengeId ?? undefined
  const answer = dice.pick<ChallengeAnswer>(["approved", "approved", "approved", "failed", "cancelled"])
  if (id === undefined) return
  bank.challenges.answer(id, answer).then(
    () => {},
    (defect: unknown) => report("DEFECT", `the bank's challenge page: ${String(defect)}`)
  )
}

/** A return that the kernel never gave out: the state of one payment with the proof of another, or a made-up one. */
export const forgeReturn = ({ dice, truth, slots, books, report }: World): void => {
  const process = dice.any(slots.alive())?.process
  const state = dice.any([...truth.challenges.values()])?.returnUrl.split("/return/")[1]
  const proof = state?.split(".").at(-1) ?? "0".repeat(26)
  const id = dice.any([...books.payments.keys()])
  if (process === undefined || id === undefined) return
  const forged = `${merchantId}.${id}.${proof}`
  if (forged === state) return
  process.kernel.payments.returnFromChallenge(forged).then(
    (told) => {
      const refused = !told.ok && (told.error._tag === "ReturnStateInvalid" || told.error._tag === "Unavailable")
      if (!refused) report("FORGED", "a forged return is taken for a true one")
    },
    (defect: unknown) => report("DEFECT", `a forged return: ${String(defect)}`)
  )
}

/**
 * The bank speaks by itself: of anything that it ever did, as late and as often as it likes, and now and then before its
 * own reply.
 */
export const tell = (world: World): void => {
  const { dice, truth, books } = world
  world.readTruth()
  const executed = [...truth.executions.values()].filter(({ outcome }) => outcome !== "error")
  const isAwaited = ({ operationKey }: Executed): boolean => {
    const attempt = books.attemptsByKey.get(operationKey)
    return attempt !== undefined && isOpen(attempt.status)
  }
  const early = dice.chance(0.6) ? dice.any(executed.filter(isAwaited)) : undefined
  const record = early ?? (dice.chance(0.5) ? dice.any(executed) : dice.any(executed.slice(-3)))
  if (record === undefined) return
  for (let times = dice.pick([1, 1, 2]); times > 0; times--) {
    hear(world, record.paymentId, record.operationKey, verdictOf(record))
  }
}

/**
 * The bank contradicts itself: it speaks of a success where it had refused, or had nothing to do. Only of what has failed
 * for good, since a gateway that lies about what is open can make anybody believe anything.
 */
export const lie = (world: World): void => {
  const { dice } = world
  const failed = failedFor(world)
  const ended = failed.filter(({ paymentId }) => endings.has(statusOf(world, paymentId)))
  lieAbout(world, (dice.chance(0.8) ? dice.any(ended) : undefined) ?? dice.any(failed))
}

/** The same of a payment that has come to its end in some way, however seldom they do in that one. */
export const lieAboutEnded = (world: World): void => {
  const { dice } = world
  const failed = failedFor(world)
  const ways = new Set(failed.map(({ paymentId }) => statusOf(world, paymentId)))
  const way = dice.any([...ways].filter((status) => endings.has(status)))
  lieAbout(world, dice.any(failed.filter(({ paymentId }) => statusOf(world, paymentId) === way)))
}

const failedFor = ({ books }: World): ReadonlyArray<AttemptEntry> =>
  [...books.attemptsByKey.values()].filter(
    ({ status }) => status === "declined" || status === "abandoned" || status === "not_charged"
  )

const statusOf = ({ books }: World, paymentId: string): string => books.payments.get(paymentId)?.status ?? ""

const lieAbout = (world: World, attempt: AttemptEntry | undefined): void => {
  const { dice, books } = world
  const stored = attempt && books.payments.get(attempt.paymentId)?.state.attempts.find(({ id }) => id === attempt.id)
  if (attempt === undefined || stored === undefined) return
  const amount = usd(BigInt(stored.amount.amount))
  const reference = `lie-${dice.below(1000)}`
  hear(world, attempt.paymentId, attempt.key, { _tag: "Approved", reference, amount, avs: "Y", cvv: "pass" })
}

const endings: ReadonlySet<string> = new Set(["voided", "cancelled", "expired"])

/** A true message about one payment that names another, and one under a key that nobody has. */
export const misdirect = (world: World): void => {
  const { dice, truth, books } = world
  const record = dice.any([...truth.executions.values()])
  const other = dice.any([...books.payments.keys()])
  if (record === undefined || other === undefined || other === record.paymentId) return
  hear(world, other, record.operationKey, verdictOf(record))
}

const hear = (world: World, paymentId: string, gatewayKey: string, verdict: GatewayVerdict): void => {
  const process = world.dice.any(world.slots.alive())?.process
  if (process === undefined) return
  const attempt = world.books.attemptsByKey.get(gatewayKey)
  if (attempt !== undefined) attempt.heard = "truth"
  process.kernel.payments.hear(merchantId, paymentId, { gatewayKey, verdict }).then(
    (told) => world.trace.note("heard", gatewayKey, told.ok ? told.value.status : told.error._tag),
    (defect: unknown) => {
      if (process.actor.state !== "down") world.report("DEFECT", `a message of the bank: ${String(defect)}`)
    }
  )
}

const verdictOf = (record: Executed): GatewayVerdict => {
  const { outcome, reference, avs, cvv, code } = record
  if (outcome === "approved") return { _tag: "Approved", reference, amount: usd(minorUnits(record)), avs, cvv }
  return { _tag: "Declined", reference, code: code ?? "payment_failed", avs, cvv }
}
