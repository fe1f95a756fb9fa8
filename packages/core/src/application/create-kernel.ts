/** Puts the parts together and gives a host its kernel: promises and plain data. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { CardGateway } from "../ports/card-gateway.ts"
import { Clock } from "../ports/clock.ts"
import { Digest } from "../ports/digest.ts"
import { Ids } from "../ports/ids.ts"
import { Risk } from "../ports/risk.ts"
import { Store } from "../ports/store.ts"
import { Vault } from "../ports/vault.ts"
import { audit, auditAll } from "./audit/audit.ts"
import type { Checkouts } from "./checkouts/checkout-contract.ts"
import { cancelCheckout, openCheckout } from "./checkouts/open-checkout.ts"
import { payCheckout, payDirectly } from "./checkouts/pay-checkout.ts"
import {
  findCheckout,
  findCheckoutOfPage,
  findCheckoutOfTransaction,
  listCheckouts
} from "./checkouts/present-checkout.ts"
import { settledCheckout } from "./checkouts/settled-checkout.ts"
import { announcing } from "./commit/announce-changes.ts"
import { keyedDigest } from "./commit/keyed-digest.ts"
import type { CrossBorderOptions } from "./cross-border/cross-border-contract.ts"
import { crossBorderDeskOf } from "./cross-border/cross-border-desk.ts"
import { crossBorderUseCases } from "./cross-border/cross-border-use-cases.ts"
import type { IntentOptions } from "./intents/intent-contract.ts"
import { type IntentDesk, intentDeskOf } from "./intents/intent-desk.ts"
import { intentUseCases } from "./intents/intent-use-cases.ts"
import { findAnyPayment, listAnyPayments } from "./intents/read-intents.ts"
import type { Incident, Kernel } from "./kernel-contract.ts"
import type { Operations, Ports } from "./operations.ts"
import { absentHands, operationsOf } from "./operations-of.ts"
import { changeMerchant, presentMerchant } from "./payments/change-merchant.ts"
import { type ChangeGrounds, changePayment } from "./payments/change-payment.ts"
import { createPayment } from "./payments/create-payment.ts"
import type { CvvLocker } from "./payments/cvv-locker.ts"
import { type MerchantDirectory, merchantDirectory } from "./payments/merchant-directory.ts"
import { hearGateway, recheckPayment } from "./payments/recheck-payment.ts"
import { returnFromChallenge } from "./payments/return-from-challenge.ts"
import { settle } from "./payments/settle.ts"
import { submitCard, updateCard } from "./payments/submit-card.ts"
import {
  findCard,
  findPayment,
  findSettlement,
  listCards,
  listPayments,
  listSettlements,
  readBalances,
  readHistory
} from "./read.ts"
import { type Run, runner } from "./run-outcome.ts"
import { systemClock, systemIds } from "./system.ts"
import { runTask } from "./tasks/run-task.ts"
import { type SweeperOptions, sweeperDefaults, sweepForever } from "./tasks/sweeper.ts"
import { makeWorker, type Worker, type WorkerOptions, workerDefaults } from "./tasks/worker.ts"
import { watchedClock } from "./watched-clock.ts"
import { type News, newsOf, newsWorkerDefaults, type WebhookOptions } from "./webhooks/news.ts"
import { runNews } from "./webhooks/run-news.ts"
import { webhookUseCases } from "./webhooks/webhook-use-cases.ts"

export type KernelOptions = {
  readonly store: Store["Service"]
  readonly gateway: CardGateway["Service"]
  readonly vault: Vault["Service"]
  /** At least 32 random bytes, kept for good and shared by all processes on one store. */
  readonly digestKey: Uint8Array
  /** Default: everything is allowed. */
  readonly risk?: Risk["Service"]
  readonly clock?: Clock["Service"]
  readonly ids?: Ids["Service"]
  /** Where the issuer sends a payer's browser after a challenge; the state must come back unchanged. */
  readonly challengeReturnUrl?: (state: string) => string
  readonly onIncident?: (incident: Incident) => void
  /**
   * `false`: this process accepts and decides and leaves all tasks to others. It refuses security codes then, since they
   * may not leave its memory.
   */
  readonly worker?: Partial<Omit<WorkerOptions, "owner" | "lane">> | false
  /** How often finished tasks, expired keys and unused codes are removed, and how long finished tasks stay. */
  readonly sweeper?: Partial<SweeperOptions>
  /** Deadline of one call to the gateway. Default 10 s; must stay below half a lease. */
  readonly callTimeoutMs?: number
  /** Added to each bound that the gateway states about itself. Default 1 s. */
  readonly marginMs?: number
  /** How long an outcome may stay unknown before a person is called. Default 24 h. */
  readonly resolveLimitMs?: number
  /** Security codes held in memory at once. Default 10 000. */
  readonly cvvsMax?: number
  /** Default: nobody is told of anything. All processes on one store need the same. */
  readonly webhooks?: WebhookOptions
  /** Default: nobody is paid on blockchains. All processes on one store need the same. */
  readonly intents?: IntentOptions
  /** Default: nobody is paid abroad. All processes on one store need the same. */
  readonly crossBorder?: CrossBorderOptions
}

/**
 * A kernel over the given adapters. Throws at once on options that could lose or double money: a gateway that cannot
 * recover, a lease that a call could outlive. The store stays the host's to close.
 *
 * @example
 * const kernel = createKernel({ store, gateway, vault, digestKey })
 * const accepted = await kernel.payments.create(merchantId, input)
 * accepted.ok && accepted.value.view.status // => "pending"
 * await kernel.close()
 */
export const createKernel = (options: KernelOptions): Kernel => createKernelIn(Context.empty(), options)

/**
 * The same kernel, with everything that it ever runs given these services of Effect's runtime: the scheduler that decides
 * what runs next, the clock that sleeps. Whoever owns both owns every interleaving.
 */
export const createKernelIn = (runtime: Context.Context<never>, options: KernelOptions): Kernel => {
  const clock = watchedClock(options.clock ?? systemClock)
  const ids = options.ids ?? systemIds
  const owner = ids.next(clock.nowMs())
  const directory = merchantDirectory()
  const works = options.worker !== false
  const settings = { ...workerDefaults, ...(options.worker === false ? {} : options.worker), owner }
  const operations = operationsOf(options, clock, settings)
  const { webhooks, intents, crossBorder } = options
  const desk = intents === undefined ? null : intentDeskOf(intents, operations.policy)
  const payoutDesk = crossBorder === undefined ? null : crossBorderDeskOf(crossBorder)
  const telling = { ...newsWorkerDefaults, ...webhooks?.worker, owner }
  const news = webhooks === undefined ? null : newsOf(webhooks, clock, telling, operations.onIncident)
  const context = Context.merge(runtime, contextOf(options, clock, ids, news))
  const runPromise = Effect.runPromiseWith(context)
  const employ = ({ hands, callTimeoutMs }: Pick<Operations, "hands" | "callTimeoutMs">, worker: MakeWorker): Crew => {
    const employed = Effect.runSync(Effect.provideContext(worker, context))
    if (works) Object.assign(hands, employed)
    return { ...employed, hands, stopMs: callTimeoutMs * 2 }
  }
  // In this order: what is told is told of what was done, and never the other way round.
  const crews = [
    employ(operations, makeWorker(settings, runTask(operations, directory, desk, payoutDesk))),
    ...(news === null ? [] : [employ(news, makeWorker(telling, runNews(news)))])
  ]
  const sweeper = { ...sweeperDefaults, ...options.sweeper }
  const polls = crews.map(({ poll }) => poll)
  const loops = [...polls, sweepForever(sweeper), expireCodes(operations.cvvs, sweeper.expireCodesEveryMs)]
  const looping = works ? loops.map((loop) => Effect.runForkWith(context)(loop)) : []
  const run = runner(context)
  return {
    ...useCases(run, operations, directory, desk),
    crossBorder: crossBorderUseCases({ run, operations, directory, desk: payoutDesk }),
    webhooks: webhookUseCases(run, news),
    ready: async () => {
      await runPromise(Effect.flatMap(Store, (store) => store.nextDueAtMs("money")))
    },
    wake: () => {
      for (const { wake } of crews) wake()
    },
    drain: async () => {
      if (works) for (const { drain } of crews) await runPromise(drain)
    },
    audit: (merchantId) => runPromise(merchantId === undefined ? auditAll() : audit(merchantId)),
    close: async () => {
      for (const { hands } of crews) Object.assign(hands, absentHands)
      await runPromise(Fiber.interruptAll(looping))
      await Promise.all(crews.map(({ stop, stopMs }) => runPromise(stopWithin(stop, stopMs))))
      operations.cvvs.clear()
    }
  }
}

type MakeWorker = Effect.Effect<Worker, never, Ports>

/** The worker of one lane, where its tasks are handed over, and how long what it runs is waited for in the end. */
type Crew = Worker & { readonly hands: Operations["hands"]; readonly stopMs: number }

const useCases = (
  run: Run,
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk | null
): Pick<Kernel, "merchants" | "cards" | "payments" | "checkouts" | "intents" | "settlements" | "balances"> => ({
  merchants: {
    register: (input) => run(changeMerchant(directory, input.id, { _tag: "RegisterMerchant", ...input })),
    get: (merchantId) => run(presentMerchant(directory, merchantId)),
    changeTerms: (merchantId, terms) => run(changeMerchant(directory, merchantId, { _tag: "ChangeTerms", terms })),
    changeProfile: (merchantId, profile) =>
      run(changeMerchant(directory, merchantId, { _tag: "ChangeProfile", profile })),
    suspend: (merchantId) => run(changeMerchant(directory, merchantId, { _tag: "SuspendMerchant" })),
    reinstate: (merchantId) => run(changeMerchant(directory, merchantId, { _tag: "ReinstateMerchant" }))
  },
  cards: {
    submit: (merchantId, input, request) => run(submitCard(operations, directory, merchantId, input, request)),
    get: (merchantId, id) => run(present(findCard(merchantId, id), { _tag: "CardNotFound" as const })),
    list: (merchantId, request) => run(Effect.map(listCards(merchantId, request), Result.succeed)),
    update: (merchantId, id, input) =>
      run(
        Effect.map(updateCard(operations, directory, merchantId, id, input), (updated) =>
          Result.map(updated, (view) => ({ view, replayed: false, answer: null }))
        )
      ),
    fingerprint: async (merchantId, pan) => {
      const found = await run(
        Effect.flatMap(Vault, (vault) => Effect.map(vault.fingerprint(pan, merchantId), Result.succeed))
      )
      if (found.ok) return found.value
      throw new Error("the vault cannot be reached")
    }
  },
  payments: paymentUseCases(run, operations, directory),
  checkouts: checkoutUseCases(run, operations, directory),
  intents: intentUseCases(run, operations, directory, desk),
  settlements: {
    get: (merchantId, id) => run(present(findSettlement(merchantId, id), { _tag: "SettlementNotFound" as const })),
    list: (merchantId, request) => run(Effect.map(listSettlements(merchantId, request), Result.succeed)),
    run: (merchantId) => run(Effect.map(settle(directory, merchantId), Result.succeed))
  },
  balances: (merchantId) => run(Effect.map(readBalances(merchantId), Result.succeed))
})

const paymentUseCases = (run: Run, operations: Operations, directory: MerchantDirectory): Kernel["payments"] => ({
  create: (merchantId, input, request) => run(createPayment(operations, directory, merchantId, input, request)),
  get: (merchantId, id) => run(present(findPayment(merchantId, id), { _tag: "PaymentNotFound" as const })),
  list: (merchantId, request) => run(Effect.map(listPayments(merchantId, request), Result.succeed)),
  getAny: (merchantId, id) => run(present(findAnyPayment(merchantId, id), { _tag: "PaymentNotFound" as const })),
  listAny: (merchantId, request) => run(Effect.map(listAnyPayments(merchantId, request), Result.succeed)),
  history: (merchantId, id) => run(present(readHistory(merchantId, id), { _tag: "PaymentNotFound" as const })),
  capture: (merchantId, paymentId, { amount }, request) => {
    const command = ({ attemptId, gatewayKey, terms, sendNow, nowMs }: ChangeGrounds) =>
      ({ _tag: "CapturePayment", amount, attemptId, gatewayKey, terms, sendNow, nowMs }) as const
    return run(changePayment(operations, directory, { merchantId, paymentId, command, request }))
  },
  cancel: (merchantId, paymentId, { reason }, request) => {
    const command = ({ attemptId, gatewayKey, reversalId, sendNow, nowMs }: ChangeGrounds) =>
      ({ _tag: "CancelPayment", reason, reversalId, attemptId, gatewayKey, sendNow, nowMs }) as const
    return run(changePayment(operations, directory, { merchantId, paymentId, command, request }))
  },
  refund: (merchantId, paymentId, { amount, reason }, request) => {
    const command = ({ attemptId, gatewayKey, reversalId, sendNow, nowMs }: ChangeGrounds) =>
      ({ _tag: "RefundPayment", amount, reason, reversalId, attemptId, gatewayKey, sendNow, nowMs }) as const
    return run(changePayment(operations, directory, { merchantId, paymentId, command, request }))
  },
  recheck: (merchantId, id) => run(recheckPayment(operations, directory, merchantId, id)),
  hear: (merchantId, id, message) => run(hearGateway(operations, directory, merchantId, id, message)),
  returnFromChallenge: (state) => run(returnFromChallenge(operations, state)),
  ledger: (merchantId, id) =>
    run(
      Effect.flatMap(Store, (store) => Effect.map(store.ledgerOf(merchantId, { type: "payment", id }), Result.succeed))
    )
})

const checkoutUseCases = (run: Run, operations: Operations, directory: MerchantDirectory): Checkouts => ({
  open: (merchantId, input, request) => run(openCheckout(directory, merchantId, input, request)),
  pay: (merchantId, id, input) => run(payCheckout(operations, directory, merchantId, id, input)),
  payDirectly: (merchantId, input, request) => run(payDirectly(operations, directory, merchantId, input, request)),
  get: (merchantId, id) => run(findCheckout(merchantId, id)),
  ofTransaction: (merchantId, transactionId) => run(findCheckoutOfTransaction(merchantId, transactionId)),
  ofPage: (page) => run(findCheckoutOfPage(page)),
  settled: (merchantId, id, waitMs) => run(settledCheckout(operations, directory, merchantId, id, waitMs)),
  cancel: (merchantId, id) => run(cancelCheckout(merchantId, id)),
  list: (merchantId, request) => run(Effect.map(listCheckouts(merchantId, request), Result.succeed))
})

const contextOf = (
  options: KernelOptions,
  clock: Clock["Service"],
  ids: Ids["Service"],
  news: News | null
): Context.Context<Ports> =>
  Context.mergeAll(
    Context.make(Store, news === null ? options.store : announcing(options.store, news, clock)),
    Context.make(CardGateway, options.gateway),
    Context.make(Vault, options.vault),
    Context.make(Risk, options.risk ?? unconcerned),
    Context.make(Clock, clock),
    Context.make(Ids, ids),
    Context.make(Digest, keyedDigest(options.digestKey))
  )

const expireCodes = (cvvs: CvvLocker, everyMs: number): Effect.Effect<never> =>
  Effect.forever(Effect.andThen(Effect.sleep(everyMs), Effect.sync(cvvs.expire)))

const unconcerned: Risk["Service"] = {
  assessCard: () => Effect.succeed({ decision: "approved", reason: "" }),
  assessPayment: () => Effect.succeed({ decision: "approved", reason: "" })
}

const present = <A, Missing, E, R>(found: Effect.Effect<A | undefined, E, R>, missing: Missing) =>
  Effect.map(found, (value) => (value === undefined ? Result.fail(missing) : Result.succeed(value)))

/** What is still running past the bound is left to its lease: another process will look it up. */
const stopWithin = (stop: Worker["stop"], limitMs: number): Effect.Effect<void> =>
  Effect.raceFirst(stop, Effect.sleep(limitMs))
