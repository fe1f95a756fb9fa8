/**
 * Recomputes what is stored from its history and compares: every state is the fold of its events, every bound holds,
 * the books balance, each payment's postings say what its state says, and each checkout, intent and payment abroad what its
 * parts say. May run beside a server: what changes while it is looked at is looked at again.
 */
import * as Effect from "effect/Effect"
import { foldBalances } from "../../ledger/index.ts"
import type { Balance, LedgerTransaction } from "../../ledger/ledger.ts"
import { Store, type StoredAggregate, type StoreUnavailable } from "../../ports/store.ts"
import type { AuditFinding } from "../kernel-contract.ts"
import {
  cardDefinition,
  checkoutDefinition,
  deliveryDefinition,
  depositDefinition,
  endpointDefinition,
  intentDefinition,
  intentRefundDefinition,
  merchantDefinition,
  paymentDefinition,
  settlementDefinition
} from "../storage/aggregates.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition,
  ticketDefinition
} from "../storage/cross-border-aggregates.ts"
import { type Examined, examine, inspectBalance, inspectPayment } from "./audit-aggregate.ts"
import { examineCheckout } from "./audit-checkout.ts"
import {
  examineCrossBorder,
  examinePayoutRefund,
  examineQuote,
  examineRfi,
  examineTicket,
  examineTransaction
} from "./audit-cross-border.ts"
import { examineDeposit, examineIntent, examineIntentRefund } from "./audit-intent.ts"

const pageSize = 200

/** Looks at something that other processes keep changing. */
const looksMax = 3

/** Of every merchant of the store. An empty answer is a clean bill; memory does not grow with the store. */
export const auditAll = Effect.fn("paykernel.auditAll")(function* () {
  const store = yield* Store
  const findings: Array<AuditFinding> = []
  let afterId: string | null = null
  for (;;) {
    const page: ReadonlyArray<string> = yield* store.merchants(afterId, pageSize)
    for (const merchantId of page) findings.push(...(yield* audit(merchantId)))
    if (page.length < pageSize) return findings
    afterId = page.at(-1) ?? null
  }
})

/** Of one merchant. Rows that cannot even be read are a finding, so that they hide nobody else's. */
export const audit = Effect.fn("paykernel.audit")((merchantId: string) =>
  Effect.catchDefect(auditMerchant(merchantId), (defect) => {
    const name = defect instanceof Error ? defect.name : typeof defect
    return Effect.succeed([{ merchantId, aggregate: null, problem: `its records cannot be read (${name})` }])
  })
)

const auditMerchant = Effect.fnUntraced(function* (merchantId: string) {
  const store = yield* Store
  const finding = (problem: string): AuditFinding => ({ merchantId, aggregate: null, problem })
  for (let looks = 1; ; looks++) {
    const before = textOf(yield* store.balances(merchantId))
    const books: Books = new Map()
    const findings = yield* auditAggregates(merchantId, books)
    const after = textOf(yield* store.balances(merchantId))
    if (textOf([...books.values()]) === after) return findings
    if (before === after) return [...findings, finding("the balances are not the sum of the postings")]
    if (looks === looksMax) return [...findings, finding("the balances moved whenever they were compared")]
  }
})

const auditAggregates = Effect.fnUntraced(function* (merchantId: string, books: Books) {
  const look = <E, R>(type: string, examineOne: (stored: StoredAggregate) => Effect.Effect<Examined, E, R>) =>
    auditType(merchantId, type, books, examineOne)
  return [
    ...(yield* look(merchantDefinition.type, (stored) => examine(merchantDefinition, stored))),
    ...(yield* look(cardDefinition.type, (stored) => examine(cardDefinition, stored))),
    ...(yield* look(paymentDefinition.type, (stored) => examine(paymentDefinition, stored, inspectPayment))),
    ...(yield* look(checkoutDefinition.type, examineCheckout)),
    ...(yield* look(intentDefinition.type, examineIntent)),
    ...(yield* look(depositDefinition.type, examineDeposit)),
    ...(yield* look(intentRefundDefinition.type, examineIntentRefund)),
    ...(yield* look(quoteDefinition.type, examineQuote)),
    ...(yield* look(crossBorderDefinition.type, examineCrossBorder)),
    ...(yield* look(onchainDefinition.type, examineTransaction)),
    ...(yield* look(rfiDefinition.type, examineRfi)),
    ...(yield* look(payoutRefundDefinition.type, examinePayoutRefund)),
    ...(yield* look(ticketDefinition.type, examineTicket)),
    ...(yield* look(settlementDefinition.type, (stored) => examine(settlementDefinition, stored, inspectBalance))),
    ...(yield* look(endpointDefinition.type, (stored) => examine(endpointDefinition, stored))),
    ...(yield* look(deliveryDefinition.type, (stored) => examine(deliveryDefinition, stored)))
  ]
})

const auditType = Effect.fnUntraced(function* <E, R>(
  merchantId: string,
  type: string,
  books: Books,
  examineOne: (stored: StoredAggregate) => Effect.Effect<Examined, E, R>
) {
  const store = yield* Store
  const findings: Array<AuditFinding> = []
  let afterId: string | null = null
  for (;;) {
    const page: ReadonlyArray<StoredAggregate> = yield* store.scan(merchantId, type, afterId, pageSize)
    for (const stored of page) {
      const { problems, transactions } = yield* whileItStays(stored, examineOne)
      const aggregate = { type, id: stored.ref.id }
      findings.push(...problems.map((problem) => ({ merchantId, aggregate, problem })))
      enter(books, transactions)
    }
    if (page.length < pageSize) return findings
    afterId = page.at(-1)?.ref.id ?? null
  }
})

/** What is found in an aggregate that has changed meanwhile may be true of no moment. */
const whileItStays = <E, R>(
  stored: StoredAggregate,
  examineOne: (stored: StoredAggregate) => Effect.Effect<Examined, E, R>,
  looks = 1
): Effect.Effect<Examined, E | StoreUnavailable, R | Store> =>
  Effect.gen(function* () {
    const examined = yield* examineOne(stored)
    if (examined.problems.length === 0 || looks === looksMax) return examined
    const now = yield* (yield* Store).load(stored.ref)
    // Swept meanwhile, with its history.
    if (now === undefined) return { ...examined, problems: [] }
    return now.version === stored.version ? examined : yield* whileItStays(now, examineOne, looks + 1)
  })

/** Running totals by account and currency: their size does not grow with the number of payments. */
type Books = Map<string, Balance>

const enter = (books: Books, transactions: ReadonlyArray<LedgerTransaction>): void => {
  for (const balance of foldBalances(transactions)) {
    const key = `${balance.account} ${balance.currency}`
    const sum = books.get(key) ?? { ...balance, posted: 0n, held: 0n }
    books.set(key, { ...sum, posted: sum.posted + balance.posted, held: sum.held + balance.held })
  }
}

const textOf = (balances: ReadonlyArray<Balance>): string =>
  balances
    .filter((balance) => balance.posted !== 0n || balance.held !== 0n)
    .map((balance) => `${balance.account} ${balance.currency} ${balance.posted} ${balance.held}`)
    .sort()
    .join("\n")
