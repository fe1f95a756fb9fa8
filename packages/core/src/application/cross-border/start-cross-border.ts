/** Writes a payment down before anybody outside hears of it: what is wrong with it by itself is said here. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderDetails, CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { Clock } from "../../ports/clock.ts"
import { Ids } from "../../ports/ids.ts"
import type { EncryptedAnswer } from "../../ports/payout-network.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { decide as decideQuote } from "../../quote/quote-decide.ts"
import type { PaymentRequirements } from "../../requirement/payment-requirements.ts"
import { claimedAtBirth, type Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { quoteDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { jweFault } from "./check-jwe.ts"
import type {
  CreateCrossBorderFailure,
  CreateCrossBorderInput,
  CrossBorderField,
  EncryptedInput
} from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { type Draft, decidePart, drafting, put, tell } from "./cross-border-draft.ts"
import { requirementsOf } from "./network-calls.ts"
import { findQuote } from "./read-cross-border.ts"
import { answerPlace, sealAnswer } from "./sealed-answers.ts"
import type { NewAttempt } from "./submission-attempt.ts"
import type { EncryptedAnswers } from "./submit-cross-border.ts"

export type Making = {
  readonly operations: Operations
  readonly directory: MerchantDirectory
  readonly desk: CrossBorderDesk
  readonly merchantId: string
  readonly input: CreateCrossBorderInput
}

/** A payment that is written down, and its submission, which is this process's to carry out. */
export type Started = {
  readonly payment: CrossBorderPayment
  readonly task: ClaimedTask
  readonly answers: EncryptedAnswers
}

/** `attempt`: under which a key is bound to it. */
export const startCrossBorder = Effect.fnUntraced(function* (making: Making, attempt: NewAttempt | null) {
  const { operations, directory, desk, merchantId, input } = making
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refuse({ _tag: "MerchantNotFound" })
  if (merchant.status === "suspended") return refuse({ _tag: "MerchantIsSuspended" })
  const refusal = refusalOf(desk, input)
  if (refusal !== null) return refuse(refusal)
  const quote = yield* findQuote(merchantId, input.quoteId)
  if (Result.isFailure(quote)) return refuse(quote.failure)
  const answers = yield* answersOf(making)
  if (answers === null) return refuse({ _tag: "QuoteNotFound" })
  const nowMs = (yield* Clock).nowMs()
  const ids = yield* Ids
  const written: Written = { paymentId: ids.next(nowMs), recordIds: [ids.next(nowMs), ids.next(nowMs)], answers }
  const drafted = yield* drafting(merchantId, written.paymentId, (draft) =>
    Effect.map(writeDown(making, draft, written), (told) => {
      if (attempt !== null) draft.idempotency = attempt.bind(written.paymentId, draft.nowMs)
      const lease = { owner: operations.owner, untilMs: draft.nowMs + operations.leaseMs }
      draft.bornLeased = ({ kind }) => (kind === "submit_cross_border" ? lease : null)
      return told
    })
  )
  if (Result.isFailure(drafted)) return refuse(drafted.failure)
  const { value: payment, tasks } = drafted.success
  const [task] = claimedAtBirth(tasks)
  if (task === undefined) return yield* Effect.die(new Error("a payment is made to be submitted"))
  return Result.succeed<Started>({ payment, task, answers })
})

const refuse = (reason: CreateCrossBorderFailure): Result.Result<Started, CreateCrossBorderFailure> =>
  Result.fail(reason)

const refusalOf = (
  { chain }: CrossBorderDesk,
  { blockchain, senderAddress, refundAddress, travelRule, beneficiaryAccount }: CreateCrossBorderInput
): CreateCrossBorderFailure | null => {
  const addresses: ReadonlyArray<readonly [CrossBorderField, string]> = [
    ["senderAddress", senderAddress],
    ["refundAddress", refundAddress]
  ]
  for (const [field, address] of addresses) {
    if (!chain.isAddress(blockchain, address)) return { _tag: "AddressNotOfBlockchain", field }
  }
  const texts: ReadonlyArray<readonly [CrossBorderField, EncryptedInput]> = [
    ["beneficiaryAccount", beneficiaryAccount],
    ["travelRule", travelRule]
  ]
  for (const [field, { jwe }] of texts) {
    const why = jweFault(jwe)
    if (why !== undefined) return { _tag: "JweNotAcceptable", field, why }
  }
  return null
}

/** With the versions that they answer. `null`: the network does not know the quote. */
const answersOf = Effect.fnUntraced(function* ({ operations, desk, input }: Making) {
  const { travelRule, beneficiaryAccount, quoteId } = input
  const isTold = travelRule.version !== null && beneficiaryAccount.version !== null
  const asked = isTold ? undefined : yield* requirementsOf(desk, quoteId, operations.callTimeoutMs)
  if (!isTold && asked === undefined) return null
  const answerTo = (part: keyof PaymentRequirements, { version, jwe }: EncryptedInput): EncryptedAnswer => ({
    version: version ?? asked?.[part].version ?? 0,
    jwe
  })
  const answers: EncryptedAnswers = {
    travelRule: answerTo("travelRule", travelRule),
    beneficiaryAccount: answerTo("beneficiaryAccount", beneficiaryAccount)
  }
  return answers
})

type Written = {
  readonly paymentId: string
  /** Where the travel-rule data is kept, and the account. */
  readonly recordIds: readonly [string, string]
  readonly answers: EncryptedAnswers
}

/** The payment, the quote that it takes, and what the network is to read. */
const writeDown = Effect.fnUntraced(function* (
  { merchantId, input }: Making,
  draft: Draft,
  { paymentId, recordIds: [travelRuleRecordId, beneficiaryRecordId], answers }: Written
) {
  const { nowMs } = draft
  const { quoteId, travelRule: _, beneficiaryAccount: __, ...said } = input
  const loaded = yield* load(quoteDefinition, merchantId, quoteId)
  const { senderType, recipientType } = loaded.state
  const use = { _tag: "UseQuote", paymentId, blockchain: said.blockchain, senderType, recipientType, nowMs } as const
  const used = decidePart(quoteDefinition, decideQuote, { merchantId, id: quoteId }, loaded, [use])
  if (Result.isFailure(used)) return Result.fail<CreateCrossBorderFailure>(used.failure)
  const details: CrossBorderDetails = {
    senderAddress: said.senderAddress,
    refundAddress: said.refundAddress,
    useCase: said.useCase,
    reasonForPayment: said.reasonForPayment,
    customerRefId: said.customerRefId,
    beneficiaryRefId: said.beneficiaryRefId,
    refCode: said.refCode,
    travelRuleRecordId,
    beneficiaryRecordId
  }
  const named = { id: paymentId, merchantId, quoteId, terms: loaded.state, details }
  const told = tell(draft, { _tag: "CreatePayment", ...named, nowMs })
  if (Result.isFailure(told)) return Result.fail<CreateCrossBorderFailure>(told.failure)
  put(draft, used.success)
  const ofTravelRule = answerPlace(merchantId, travelRuleRecordId, "travel-rule")
  const ofAccount = answerPlace(merchantId, beneficiaryRecordId, "beneficiary-account")
  draft.sealed.push(
    yield* sealAnswer(ofTravelRule, answers.travelRule),
    yield* sealAnswer(ofAccount, answers.beneficiaryAccount)
  )
  return Result.succeed(draft.payment)
})
