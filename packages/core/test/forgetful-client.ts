/**
 * A merchant's side: it asks under keys of its own, loses answers when a process dies, asks again with the same key,
 * and remembers every byte it was told.
 */
import {
  type CreatePaymentInput,
  Cvv,
  type IdempotentRequest,
  type Json,
  type Kernel,
  type Payment,
  type PaymentItem
} from "@paykernel/core"
import * as Result from "effect/Result"
import type { Process } from "./adverse-world.ts"
import { merchantId, paymentInput, usd } from "./kernel-world.ts"

export type Verification = "none" | "cvv" | "three_d_secure"

export type Client = {
  readonly pay: (process: Process, change: { amount: bigint; autoCapture: boolean; by: Verification }) => Promise<void>
  readonly capture: (process: Process, paymentId: string, amount: bigint | null) => Promise<void>
  readonly refund: (process: Process, paymentId: string, amount: bigint) => Promise<void>
  readonly cancel: (process: Process, paymentId: string) => Promise<void>
  /** Asks once more for what was asked under the n-th key. */
  readonly again: (process: Process, n: number) => Promise<void>
  readonly keys: () => number
  /** Payments that this client was told of. */
  readonly acknowledged: ReadonlySet<string>
  /** Answers that differed from the first one under their key, and calls that ended as none may. */
  readonly complaints: ReadonlyArray<string>
}

/** Every request of this client, as it can be repeated. */
type Ask = (kernel: Kernel) => Promise<{
  readonly ok: boolean
  readonly value?: { readonly answer: { readonly body: string } | null; readonly replayed: boolean }
  readonly error?: { readonly _tag: string }
}>

export const forgetfulClient = (cardId: string): Client => {
  const asks: Array<{ readonly key: string; readonly ask: Ask; body: string | null }> = []
  const acknowledged = new Set<string>()
  const complaints: Array<string> = []

  const say = async (process: Process, n: number): Promise<void> => {
    const asked = asks[n]
    if (asked === undefined) return
    const told = await process.call(asked.ask).catch((defect: unknown) => {
      complaints.push(`${asked.key}: ${String(defect)}`)
      return "dead" as const
    })
    if (told === "dead" || !told.ok) return
    const body = told.value?.answer?.body ?? ""
    acknowledged.add(JSON.parse(body).paymentId)
    if (asked.body !== null && asked.body !== body) complaints.push(`${asked.key}: first ${asked.body}, then ${body}`)
    asked.body ??= body
  }
  const first = (process: Process, ask: (key: string) => Ask): Promise<void> => {
    const key = `key-${asks.length}`
    asks.push({ key, ask: ask(key), body: null })
    return say(process, asks.length - 1)
  }

  return {
    pay: (process, change) =>
      first(process, (key) => (kernel) => {
        const input = inputOf(cardId, key, change)
        const meaning = { ...change, amount: String(change.amount) }
        return kernel.payments.create(
          merchantId,
          input,
          requestOf(key, meaning, (payment: Payment) => payment)
        )
      }),
    capture: (process, paymentId, amount) =>
      first(process, (key) => (kernel) => {
        const request = requestOf(key, ["capture", paymentId, String(amount)], (item: PaymentItem) => item.payment)
        return kernel.payments.capture(merchantId, paymentId, { amount: amount === null ? null : usd(amount) }, request)
      }),
    refund: (process, paymentId, amount) =>
      first(process, (key) => (kernel) => {
        const request = requestOf(key, ["refund", paymentId, String(amount)], (item: PaymentItem) => item.payment)
        return kernel.payments.refund(merchantId, paymentId, { amount: usd(amount), reason: null }, request)
      }),
    cancel: (process, paymentId) =>
      first(process, (key) => (kernel) => {
        const request = requestOf(key, ["cancel", paymentId], (item: PaymentItem) => item.payment)
        return kernel.payments.cancel(merchantId, paymentId, { reason: null }, request)
      }),
    again: say,
    keys: () => asks.length,
    acknowledged,
    complaints
  }
}

const inputOf = (
  cardId: string,
  key: string,
  { amount, autoCapture, by }: { amount: bigint; autoCapture: boolean; by: Verification }
): CreatePaymentInput =>
  paymentInput(cardId, {
    amount: usd(amount),
    autoCapture,
    verificationMethod: by,
    cvv: by === "cvv" ? Result.getOrThrow(Cvv.parse("321")) : null,
    successUrl: "https://shop.example/good",
    failureUrl: "https://shop.example/bad",
    // So that a payment made for a key can be told from one made for another.
    description: key
  })

/** The answer shows what will have changed by the time it is replayed. */
const requestOf = <View extends { readonly id: string }>(
  key: string,
  meaning: Json,
  paymentOf: (view: View) => Payment
): IdempotentRequest<View> => ({
  scope: "shop",
  key,
  meaning,
  answer: (view) => {
    const { id: paymentId, status } = paymentOf(view)
    return { status: 201, body: JSON.stringify({ id: view.id, paymentId, status }) }
  }
})
