/** The six things that the two clients ask for. Each may be asked again under its key, by a client that got no answer. */
import type { IdempotentRequest, Json, Kernel, Outcome, Payment, PaymentItem } from "@paykernel/core"
import { challengeState } from "../../../src/application/payments/challenge-state.ts"
import { usd } from "../../../src/testing/payment-examples.ts"
import * as Shop from "../../../src/testing/simulation/shop.ts"
import { loseLateMessages } from "./held-calls.ts"
import { digest, type Process, type SmallWorld } from "./small-world.ts"

export const { merchantId } = Shop

/** What a client is told: the bytes that its key is bound to, or why not. */
export type Told = { readonly body: string | null; readonly refusal: string | null }

export type Wish = {
  readonly name: string
  /** Without a key there is nothing to say again. */
  readonly hasKey: boolean
  readonly ask: (world: SmallWorld, process: Process, key: string) => Promise<Told>
}

/** The key under which the payment was made that a schedule begins with, if it begins with one. */
export const firstKey = "pay"

export const payment = (
  kernel: Kernel,
  cardId: string,
  key: string,
  { autoCapture, by }: { readonly autoCapture: boolean; readonly by: "none" | "three_d_secure" }
) =>
  kernel.payments.create(
    merchantId,
    {
      ...{ amount: usd(by === "none" ? 1000n : 566n), cardId, cvv: null, autoCapture, verificationMethod: by },
      successUrl: "https://shop.example/good",
      failureUrl: "https://shop.example/bad",
      // So that a payment made for a key can be told from one made for another.
      ...{ description: key, channel: null },
      payer: { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }
    },
    requestOf(key, ["pay", autoCapture, by], ({ id, status }: Payment) => ({ id, status }))
  )

const requestOf = <View>(key: string, meaning: Json, shown: (view: View) => Json): IdempotentRequest<View> => ({
  ...{ scope: "shop", key, meaning },
  answer: (view) => ({ status: 201, body: JSON.stringify(shown(view)) })
})

const itemRequest = (key: string, meaning: string): IdempotentRequest<PaymentItem> =>
  requestOf(key, meaning, ({ id, payment: { status } }) => ({ id, status }))

const authorize: Wish = {
  name: "authorize",
  hasKey: true,
  ask: async (world, { kernel }, key) => {
    // Where there is a payment already, its client asks for it once more.
    const made = world.made
    return told(await payment(kernel, world.cardId, made === null ? key : firstKey, made ?? uncaptured))
  }
}

const uncaptured = { autoCapture: false, by: "none" } as const

const capture: Wish = {
  name: "capture",
  hasKey: true,
  ask: async (world, { kernel }, key) =>
    told(await kernel.payments.capture(merchantId, paymentId(world), { amount: null }, itemRequest(key, "capture")))
}

/** More than half of what there is, so that there is not enough for two. */
const refund: Wish = {
  name: "refund",
  hasKey: true,
  ask: async (world, { kernel }, key) => {
    const input = { amount: usd(550n), reason: null }
    return told(await kernel.payments.refund(merchantId, paymentId(world), input, itemRequest(key, "refund")))
  }
}

const cancel: Wish = {
  name: "void",
  hasKey: true,
  ask: async (world, { kernel }, key) =>
    told(await kernel.payments.cancel(merchantId, paymentId(world), { reason: null }, itemRequest(key, "void")))
}

/** Time does the asking: the deadline passes, and the process has a look at what is due. */
const expiry: Wish = {
  name: "expiry",
  hasKey: false,
  ask: async (world, process) => {
    pass(world, world.deadlineMs - world.wall.passedMs)
    wake(world, process)
    return { body: null, refusal: null }
  }
}

/** The payer's browser comes back from the issuer, where he has proved who he is. */
const challengeReturn: Wish = {
  name: "challenge return",
  hasKey: false,
  ask: async (world, { kernel }) => {
    const back = await kernel.payments.returnFromChallenge(challengeState(digest, merchantId, paymentId(world)))
    return { body: null, refusal: back.ok ? null : back.error._tag }
  }
}

export const wishes: ReadonlyArray<Wish> = [authorize, capture, refund, cancel, expiry, challengeReturn]

/** Lets time pass, and with it what is still on its way. */
export const pass = (world: SmallWorld, ms: number): void => {
  if (ms <= 0) return
  world.wall.passedMs += ms
  loseLateMessages(world.crossing)
}

/** Has a process look at what is due. */
export const wake = ({ crossing }: SmallWorld, { actor, kernel }: Process): void => {
  crossing.tell(actor, "wake", null)
  kernel.wake()
}

/** The payment that they meet over. As long as there is none, an id that no payment has. */
const paymentId = ({ books }: SmallWorld): string => books.payments.keys().next().value ?? merchantId

const told = (
  outcome: Outcome<{ readonly answer: { readonly body: string } | null }, { readonly _tag: string }>
): Told =>
  outcome.ok ? { body: outcome.value.answer?.body ?? null, refusal: null } : { body: null, refusal: outcome.error._tag }
