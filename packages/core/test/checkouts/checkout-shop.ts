/** A shop whose customers pay on pages and directly, with the cards of the simulated issuer and a clock that tests move. */
import {
  type CheckoutView,
  Cvv,
  type KernelOptions,
  type OpenCheckoutInput,
  type Outcome,
  Pan,
  type PayCheckoutInput
} from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { type BankRecord, memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { onTestFinished } from "vitest"
import { firstPage, merchantId, usd, type World, world } from "../kernel-world.ts"

export type Shop = Awaited<ReturnType<typeof openShop>>

/** `reach` stands between the kernel and its store. */
export const openShop = async (
  options: Partial<KernelOptions> = {},
  reach: (store: Store["Service"]) => Store["Service"] = (store) => store
) => {
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const journal = memoryJournal()
  const bank = sandboxGateway({
    journal,
    clock: { nowMs: () => clock.ms },
    random: () => 0.5,
    latencyMs: 0,
    challengeUrl: (id) => `https://issuer.test/${id}`
  })
  const store = memoryStore()
  const settings = { gateway: bank.gateway, clock: { nowMs: () => clock.ms }, store: reach(store), ...options }
  const { kernel, incidents } = await world({}, settings)
  onTestFinished(async () => {
    await kernel.close()
    await Effect.runPromise(bank.close)
  })
  return { kernel, incidents, store, clock, bank, journal }
}

/** Another process on the store of a shop, and on its bank. */
export const another = async (shop: Shop, options: Partial<KernelOptions> = {}): Promise<Pick<World, "kernel">> => {
  const gateway = shop.bank.gateway
  const { kernel } = await world({}, { gateway, clock: { nowMs: () => shop.clock.ms }, ...options }, shop)
  onTestFinished(kernel.close)
  return { kernel }
}

export const order: OpenCheckoutInput = {
  amount: usd(2500n),
  description: "Premium",
  customer: null,
  metadata: '{"order":"A-1"}',
  webhookUrl: null,
  returnUrl: "https://shop.test/back",
  expiresAtMs: null
}

export const good = "4242424242424242"
export const declined = "4000000000000002"
export const needs3ds = "4000000000003220"

export const cardOf = (number: string, cvv: string | null = "123"): PayCheckoutInput["card"] => ({
  pan: Result.getOrThrow(Pan.parse(number)),
  cvv: cvv === null ? null : Result.getOrThrow(Cvv.parse(cvv)),
  expMonth: 12,
  expYear: 2035,
  billingDetails: { name: "Ada", city: "", country: "US", line1: "", line2: null, district: null, postalCode: "" }
})

export const payer = { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }

export const paying = (number: string, attempt = "first", cvv: string | null = "123"): PayCheckoutInput => ({
  attempt,
  card: cardOf(number, cvv),
  payer,
  returnUrl: "https://shop.test/back"
})

/** With a card of its own each time, since a payment uses up the code. */
export const direct = (number: string, cvv: string | null = "123") => ({ ...order, card: cardOf(number, cvv), payer })

export const ok = <A>(outcome: Outcome<A, { readonly _tag: string }>): A => {
  if (!outcome.ok) throw new Error(outcome.error._tag)
  return outcome.value
}

/** What was refused, or `null`. */
export const errorOf = (outcome: Outcome<unknown, { readonly _tag: string }>): string | null =>
  outcome.ok ? null : outcome.error._tag

export const openPage = async (
  { kernel }: Pick<World, "kernel">,
  change: Partial<OpenCheckoutInput> = {}
): Promise<string> => ok(await kernel.checkouts.open(merchantId, { ...order, ...change })).view.checkout.id

export const pay = async (
  { kernel }: Pick<World, "kernel">,
  id: string,
  input: PayCheckoutInput
): Promise<CheckoutView> => ok(await kernel.checkouts.pay(merchantId, id, input))

export const settled = async ({ kernel }: Pick<World, "kernel">, id: string, waitMs = 10_000): Promise<CheckoutView> =>
  ok(await kernel.checkouts.settled(merchantId, id, waitMs))

export const viewOf = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<CheckoutView> =>
  ok(await kernel.checkouts.get(merchantId, id))

/** The payer answers the challenge that the latest payment is at; gives what brings the browser back. */
export const answerChallenge = async (
  { bank }: Pick<Shop, "bank">,
  { latest }: CheckoutView,
  answer: "approved" | "failed" | "cancelled" = "approved"
): Promise<string> => {
  const url = latest?.payment.authentication?.challengeUrl ?? ""
  const answered = await bank.challenges.answer(url.split("/").at(-1) ?? "", answer)
  return Result.getOrThrow(answered).returnUrl.split("/").at(-1) ?? ""
}

/** Captures and authorizations with capture that the bank approved. */
export const charges = ({ journal }: Pick<Shop, "journal">): ReadonlyArray<BankRecord> =>
  journal.read().filter((record) => record.record === "executed" && record.outcome === "approved")

/** How many payments and cards there are. */
export const everyStored = async ({ kernel }: Shop) => ({
  payments: ok(await kernel.payments.list(merchantId, firstPage)).items.length,
  cards: ok(await kernel.cards.list(merchantId, firstPage)).items.length
})
