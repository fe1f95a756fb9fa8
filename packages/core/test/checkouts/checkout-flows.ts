/**
 * What merchants and payers do with checkouts, step by step, as it can be done again from the start: with the same key,
 * under the same names of tries. A page that shows a decline, for whatever reason, gets another try with another name.
 */
import { type CheckoutView, Cvv, type OpenCheckoutInput, Pan, type PayCheckoutInput } from "@paykernel/core"
import * as Result from "effect/Result"
import type { AdverseWorld, Process } from "../adverse-world.ts"
import { merchantId, usd } from "../kernel-world.ts"

export type CheckoutStage = {
  readonly world: AdverseWorld
  readonly process: Process
  /** Bodies of answers by key, each as it was first heard. */
  readonly heard: Map<string, string>
  readonly complaints: Array<string>
}

export type CheckoutFlow = {
  readonly name: string
  readonly run: (stage: CheckoutStage) => Promise<void>
  /** Where the checkout may end, whatever happened on the way. */
  readonly ends: ReadonlyArray<CheckoutView["checkout"]["status"]>
}

const order: OpenCheckoutInput = {
  amount: usd(2500n),
  description: "Premium",
  customer: null,
  metadata: null,
  webhookUrl: null,
  returnUrl: "https://shop.example/back",
  // Longer than anything takes here.
  expiresAtMs: Date.UTC(2026, 0, 20)
}

const paying = (number: string, hasCode: boolean): Omit<PayCheckoutInput, "attempt"> => ({
  card: {
    pan: Result.getOrThrow(Pan.parse(number)),
    cvv: hasCode ? Result.getOrThrow(Cvv.parse("123")) : null,
    expMonth: 12,
    expYear: 2035,
    billingDetails: { name: "Ada", city: "", country: "US", line1: "", line2: null, district: null, postalCode: "" }
  },
  payer: { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  returnUrl: "https://shop.example/back"
})

const request = (key: string) => ({
  scope: "shop",
  key,
  meaning: key,
  answer: ({ checkout }: CheckoutView) => ({ status: 201, body: `${checkout.id} ${checkout.status}` })
})

type Heard = { readonly answer: { readonly body: string } | null; readonly view: CheckoutView }

/** Asks under a key, and compares with what it was told before. */
const keyed = async (
  { process, heard, complaints }: CheckoutStage,
  key: string,
  ask: Parameters<typeof process.call<{ ok: true; value: Heard } | { ok: false }>>[0]
): Promise<CheckoutView | undefined> => {
  const told = await process.call(ask)
  if (told === "dead" || !told.ok) return undefined
  const body = told.value.answer?.body ?? ""
  const before = heard.get(key) ?? body
  if (before !== body) complaints.push(`${key}: first ${before}, then ${body}`)
  heard.set(key, body)
  return told.value.view
}

const settled = async ({ process }: CheckoutStage, id: string): Promise<CheckoutView | undefined> => {
  const told = await process.call((kernel) => kernel.checkouts.settled(merchantId, id, 15))
  return told === "dead" || !told.ok ? undefined : told.value
}

/** The payer answers where he is asked, and his browser brings back what the issuer gave it. */
const answerChallenge = async ({ process, world }: CheckoutStage, { latest }: CheckoutView): Promise<void> => {
  const challengeId = latest?.payment.authentication?.challengeUrl?.split("/").at(-1)
  if (latest?.payment.status !== "action_required" || challengeId === undefined) return
  const answered = await world.bank.challenges.answer(challengeId, "approved")
  if (Result.isFailure(answered)) return
  const state = answered.success.returnUrl.split("/return/")[1] ?? ""
  await process.call((kernel) => kernel.payments.returnFromChallenge(state))
}

const payPage = (number: string, hasCode: boolean) => async (stage: CheckoutStage) => {
  const { process } = stage
  const opened = await keyed(stage, "page", (kernel) => kernel.checkouts.open(merchantId, order, request("page")))
  if (opened === undefined) return
  const { id } = opened.checkout
  for (let n = 1; n <= 3; n++) {
    const attempt = `try-${n}`
    await process.call((kernel) => kernel.checkouts.pay(merchantId, id, { attempt, ...paying(number, hasCode) }))
    const view = await settled(stage, id)
    if (view === undefined) return
    await answerChallenge(stage, view)
    const after = await settled(stage, id)
    if (after?.checkout.status !== "open") return
  }
}

const payDirectly = (number: string, hasCode: boolean) => async (stage: CheckoutStage) => {
  const input = { ...order, ...paying(number, hasCode) }
  const begun = await keyed(stage, "payment", (kernel) =>
    kernel.checkouts.payDirectly(merchantId, input, request("payment"))
  )
  const view = begun === undefined ? undefined : await settled(stage, begun.checkout.id)
  if (view === undefined) return
  await answerChallenge(stage, view)
  await settled(stage, view.checkout.id)
}

const good = "4242424242424242"
const needs3ds = "4000000000003220"

export const checkoutFlows: ReadonlyArray<CheckoutFlow> = [
  { name: "a page", run: payPage(good, false), ends: ["completed"] },
  // The code goes with its process, so the try is declined, and another is made with the code entered again.
  { name: "a page, with a security code", run: payPage(good, true), ends: ["completed"] },
  { name: "a page, with 3-D Secure asked for by the issuer", run: payPage(needs3ds, true), ends: ["completed"] },
  { name: "directly, with a key", run: payDirectly(good, false), ends: ["completed"] },
  { name: "directly, with a security code", run: payDirectly(good, true), ends: ["completed", "failed"] },
  { name: "directly, with 3-D Secure", run: payDirectly(needs3ds, false), ends: ["completed"] }
]
