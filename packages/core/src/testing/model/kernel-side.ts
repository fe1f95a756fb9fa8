/** A merchant of a kernel: over any store and any gateway, which is how the model judges an adapter. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as fc from "fast-check"
import { createKernel } from "../../application/create-kernel.ts"
import type { Accepted, IdempotentRequest, Kernel, Outcome } from "../../application/kernel-contract.ts"
import { Cvv } from "../../card/cvv.ts"
import { money } from "../../money/index.ts"
import type { CardGateway } from "../../ports/card-gateway.ts"
import type { Store } from "../../ports/store.ts"
import { memoryJournal } from "../../simulator/journal.ts"
import { sandboxGateway } from "../../simulator/sandbox-gateway.ts"
import { keyRingFromValues } from "../../vault/key-ring.ts"
import { envelopeVault } from "../../vault/vault.ts"
import { cardOf } from "../gateway-examples.ts"
import { exampleTerms, startMs } from "../payment-examples.ts"
import type { MerchantRequest, SeenPayment } from "./merchant-books.ts"
import type { MerchantSide, Told } from "./merchant-side.ts"

/** A kernel, and in it a merchant with a card that is good. */
export type Shop = { readonly kernel: Kernel; readonly merchantId: string; readonly cardId: string }

const merchantId = "merchant-1"
const holder = { email: "ada@example.com", phoneNumber: null, sessionId: "session-1", ipAddress: "192.0.2.1" }

/**
 * A kernel over this store, and over the sandbox where no gateway is given, with a merchant and a verified card.
 *
 * @example
 * const shop = await shopOver({ store: await openMyStore() })
 * (await shop.kernel.cards.get(shop.merchantId, shop.cardId)).value.status // => "complete"
 * await shop.kernel.close()
 */
export const shopOver = async (ports: {
  readonly store: Store["Service"]
  readonly gateway?: CardGateway["Service"]
}): Promise<Shop> => {
  const clock = { nowMs: () => startMs }
  const challengeUrl = (id: string) => `https://bank.example/challenge/${id}`
  const { gateway } = sandboxGateway({ journal: memoryJournal(), clock, random: () => 0.5, challengeUrl, latencyMs: 0 })
  const vault = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
  const kernel = createKernel({ gateway, ...ports, vault, digestKey: new Uint8Array(32).fill(7), clock })
  const channels = [{ id: "channel-1", default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }]
  const terms = {
    ...exampleTerms,
    settlementCurrency: "USDC",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 86_400_000
  } as const
  done(await kernel.merchants.register({ id: merchantId, name: "Shop", walletId: "1000000001", channels, terms }))
  const { cvv: _, ...card } = cardOf("4007400000000007")
  const cvv = Result.getOrThrow(Cvv.parse("123"))
  const { id } = done(await kernel.cards.submit(merchantId, { ...card, cvv, holder })).view
  await kernel.drain()
  return { kernel, merchantId, cardId: id }
}

/** The merchant of a shop, as the model asks and sees it. */
export const kernelSide = ({ kernel, merchantId: merchant, cardId }: Shop): MerchantSide => {
  const { payments } = kernel
  const ask = async (key: string, request: MerchantRequest): Promise<Told> => {
    const keyed = <View>(idOf: (view: View) => string): IdempotentRequest<View> => ({
      scope: "model",
      key,
      meaning: meaningOf(request),
      answer: (view) => ({ status: 200, body: idOf(view) })
    })
    const reversal = keyed<{ readonly reversal: { readonly id: string } | null }>((item) => item.reversal?.id ?? "")
    switch (request.kind) {
      case "create": {
        const { autoCapture } = request
        const input = { ...plainPayment, cardId, amount: money(request.amount, "USD"), autoCapture }
        return told(
          await payments.create(
            merchant,
            input,
            keyed(({ id }) => id)
          )
        )
      }
      case "capture": {
        const amount = request.amount === null ? null : money(request.amount, "USD")
        return told(
          await payments.capture(
            merchant,
            request.payment,
            { amount },
            keyed(({ id }) => id)
          )
        )
      }
      case "refund": {
        const input = { amount: money(request.amount, "USD"), reason: null }
        return told(await payments.refund(merchant, request.payment, input, reversal))
      }
      case "cancel":
        return told(await payments.cancel(merchant, request.payment, { reason: null }, reversal))
    }
  }
  return {
    ask,
    settled: kernel.drain,
    read: async (id) => {
      const found = await payments.get(merchant, id)
      if (!found.ok) return null
      const { status, captured, refunded } = found.value.payment
      const failed = ["failed", "voided", "cancelled", "expired"].includes(status)
      const seen: SeenPayment = {
        status: failed ? "failed" : "confirmed",
        captured: captured.amount,
        refunded: refunded.amount
      }
      return failed ? { ...seen, captured: 0n } : seen
    },
    list: async () => {
      const all = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 1000 } as const
      const { items } = done(await payments.list(merchant, all))
      return items.filter(({ reversal }) => reversal === null).map(({ id }) => id)
    },
    owed: async () => {
      const { unsettled } = done(await kernel.balances(merchant))
      return unsettled.reduce((sum, { amount }) => sum + amount, 0n)
    },
    close: kernel.close
  }
}

/** A store whose calls wait for their turn, and whose answers do too, so that what is done at once meets in every order. */
export const scheduledStore = (store: Store["Service"], scheduler: fc.Scheduler): Store["Service"] => {
  const turn = (call: string): Effect.Effect<void> =>
    Effect.promise(async () => {
      await scheduler.schedule(Promise.resolve(), call)
    })
  const taking = <A, E>(call: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(
      turn(call),
      Effect.tap(effect, () => turn(`${call} answers`))
    )
  return {
    ...store,
    commit: (commit) => taking("commit", store.commit(commit)),
    load: (ref) => taking("load", store.load(ref)),
    idempotencyRecord: (key) => taking("idempotencyRecord", store.idempotencyRecord(key))
  }
}

const plainPayment = {
  cvv: null,
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: holder
} as const

const meaningOf = (request: MerchantRequest): { readonly [field: string]: string | boolean } =>
  Object.fromEntries(
    Object.entries(request).map(([field, value]) => [field, typeof value === "boolean" ? value : `${value}`])
  )

const told = <View, E extends { readonly _tag: string }>(outcome: Outcome<Accepted<View>, E>): Told => {
  if (outcome.ok) {
    const text = outcome.value.answer?.body ?? ""
    return { outcome: "accepted", id: text, text }
  }
  // Neither yes nor no: nothing that a model could expect.
  if (outcome.error._tag === "Unavailable") throw new Error("the kernel was unavailable")
  return { outcome: outcome.error._tag === "IdempotencyKeyReused" ? "key reused" : "refused" }
}

const done = <A, E extends { readonly _tag: string }>(outcome: Outcome<A, E>): A => {
  if (!outcome.ok) throw new Error(outcome.error._tag)
  return outcome.value
}
