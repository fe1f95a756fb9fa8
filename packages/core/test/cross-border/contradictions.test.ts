/** What becomes of payments where the network or a chain says what it should not, or says it too late. */
import type { AnswerFault, FailureCode, NetworkRefusal } from "@paykernel/core"
import type { FundingChain, NetworkReply, NetworkStanding, PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  answer,
  balanceOf,
  createTransaction,
  crossBorderWorld,
  fund,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  refundsOf,
  signed,
  submitTransaction,
  usdc,
  viewOf,
  type WorldOptions
} from "./cross-border-world.ts"

type Network = PayoutNetwork["Service"]
type Chain = FundingChain["Service"]

const notSent: NetworkReply = { _tag: "NotSent", why: "a test" }

const refusedFor = (why: NetworkRefusal["why"]): NetworkReply => ({ _tag: "Refused", refusal: { why, fields: [] } })

/** A network that answers a call with what is given, one after the other, and then as it does. */
const first = <Call>(replies: ReadonlyArray<NetworkReply>, call: (...args: never) => Effect.Effect<NetworkReply>) => {
  const left = [...replies]
  return ((...args: never) => {
    const reply = left.shift()
    return reply === undefined ? call(...args) : Effect.succeed(reply)
  }) as Call
}

/** A network whose standings are told with a change. */
const telling =
  (change: (standing: NetworkStanding) => NetworkStanding) =>
  (network: Network): Network => ({
    ...network,
    lookup: (key, timeoutMs) =>
      Effect.map(network.lookup(key, timeoutMs), (lookup) =>
        lookup._tag === "Found" ? { ...lookup, standing: change(lookup.standing) } : lookup
      )
  })

describe("a payment that the network refuses when it had been answered already", () => {
  it.each<[NetworkRefusal["why"], FailureCode]>([
    ["decryption_failed" satisfies AnswerFault, "PM01000"],
    ["requirements_not_met", "PM01000"],
    ["jwe_malformed", "PM01000"],
    ["encryption_unsupported", "PM01000"],
    ["requirements_version_unknown", "PM01000"],
    ["sender_sanctioned", "PM07001"],
    ["quote_expired", "PM09000"],
    ["quote_in_use", "PM00001"]
  ])("because %s has failed with %s", async (why, code) => {
    const reach = (network: Network): Network => ({
      ...network,
      submit: first<Network["submit"]>([notSent, refusedFor(why)], network.submit)
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    expect(payment.status).toBe("created")
    await pass(world, 10_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", failureCode: code })
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("an answer that the network refuses when it had been answered already", () => {
  it("leaves the request open again, until its time is over", async () => {
    const reach = (network: Network): Network => ({
      ...network,
      answerRfi: first<Network["answerRfi"]>([notSent, refusedFor("decryption_failed")], network.answerRfi)
    })
    const world = await crossBorderWorld({ reach })
    const { payment, activeRfi } = await payAs(world, "CreateRfi")
    if (activeRfi === null) throw new Error("nothing was asked")
    expect(ok(await answer(world, activeRfi)).status).toBe("in_review")
    await pass(world, 5_000)
    expect((await viewOf(world, payment.id)).activeRfi).toMatchObject({ status: "information_required", refusals: 1 })
    expect((await paymentOf(world, payment.id)).rfis).toMatchObject([{ status: "information_required" }])
    world.clock.ms = activeRfi.expiresAtMs
    await world.kernel.drain()
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", failureCode: "PM03005" })
    expect(await world.kernel.audit()).toEqual([])
  })
})

/** A chain on which every transaction is confirmed, and brings what is given. */
const confirming =
  (amount: (planned: bigint) => bigint) =>
  (chain: Chain): Chain => {
    const sent = new Map<string, bigint>()
    return {
      ...chain,
      check: () => Effect.succeed({ _tag: "Sound" }),
      broadcast: ({ key, amount: planned }) => {
        sent.set(key, planned.amount)
        return Effect.succeed({ _tag: "Sent", standing: { _tag: "Waiting", transactionHash: `0x${key}` } })
      },
      lookup: (key) =>
        Effect.succeed({
          _tag: "Found",
          standing: { _tag: "Confirmed", transactionHash: `0x${key}`, received: usdc(amount(sent.get(key) ?? 0n)) }
        })
    }
  }

describe("money that is not what was agreed on", () => {
  it.each([
    ["too little", (planned: bigint) => planned - 1n],
    ["too much", (planned: bigint) => planned + 1n]
  ])("because it is %s ends the payment, and comes back as it came", async (_, amount) => {
    const world = await crossBorderWorld({ reachChain: confirming(amount) })
    const { payment } = await payAs(world, "Ada Example")
    await fund(world, payment)
    await pass(world, 60_000, 8)
    const after = await paymentOf(world, payment.id)
    expect(after).toMatchObject({ status: "failed", failureCode: "PM05001" })
    expect(await refundsOf(world, after)).toMatchObject([
      { status: "completed", amount: usdc(amount(payment.source.amount)) }
    ])
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: 0n, held: 0n })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("because it came twice pays once, and comes back once", async () => {
    const world = await crossBorderWorld({ reachChain: confirming((planned) => planned) })
    const { payment } = await payAs(world, "Ada Example")
    const transaction = await createTransaction(world, payment)
    await submitTransaction(world, transaction)
    await world.kernel.drain()
    const { transactions } = world.kernel.crossBorder
    const copy = ok(await transactions.accelerate(merchantId, payment.id)).view
    await submitTransaction(world, copy, signed(world, copy, { overtakes: signed(world, transaction) }))
    await pass(world, 60_000, 12)
    const after = await paymentOf(world, payment.id)
    expect(after).toMatchObject({
      status: "completed",
      received: [{ amount: payment.source }, { amount: payment.source }]
    })
    expect(await refundsOf(world, after)).toMatchObject([{ status: "completed", amount: payment.source }])
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: -payment.source.amount, held: 0n })
    expect(await balanceOf(world, "payout_network")).toEqual({ posted: 0n, held: 0n })
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })
})

describe("a network that contradicts itself", () => {
  const whys = ({ incidents }: { readonly incidents: ReadonlyArray<{ readonly why: string }> }) => [
    ...new Set(incidents.map(({ why }) => why))
  ]

  it("by paying out what had failed is believed the first time, and a person is told", async () => {
    const paidOut = (standing: NetworkStanding): NetworkStanding => ({
      ...standing,
      reports: [...standing.reports, { _tag: "PayoutCompleted", fiatNetworkRef: "ref-1" }]
    })
    const world = await crossBorderWorld({ reach: telling(paidOut) })
    const { payment } = await payAs(world, "Failed")
    await pass(world, 10_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", contradiction: "completed" })
    expect(world.incidents).toEqual([
      {
        ...{ kind: "payout_contradicted", merchantId, subject: payment.id },
        aggregate: { type: "cross_border_payment", id: payment.id },
        why: "it is said to have completed after it had ended otherwise"
      }
    ])
    expect(await world.kernel.audit()).toEqual([])
  })

  const refund = { id: "refund-1", amount: usdc(7n), blockchain: "ETH-SEPOLIA", refundAddress: "0x1" }

  it.each<[string, WorldOptions["reach"], string]>([
    [
      "by giving back more than it got",
      telling((standing) => ({
        ...standing,
        refunds: [{ ...refund, report: { _tag: "Completed", transactionHash: "0x2" } }]
      })),
      "more is refunded than came"
    ],
    [
      "by giving back what is nothing",
      telling((standing) => ({ ...standing, refunds: [{ ...refund, amount: usdc(0n), report: { _tag: "Created" } }] })),
      "a refund is not what it was said to be"
    ]
  ])("%s moves nothing, and a person is told", async (_, reach, why) => {
    const world = await crossBorderWorld(reach === undefined ? {} : { reach })
    const { payment } = await payAs(world, "Failed")
    await pass(world, 10_000)
    expect((await paymentOf(world, payment.id)).refunds).toEqual([])
    expect(whys(world)).toEqual([why])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("by giving back what may still be paid out is not heard until it may not", async () => {
    const refunds = [{ ...refund, report: { _tag: "Created" } } as const]
    const world = await crossBorderWorld({ reach: telling((standing) => ({ ...standing, refunds })) })
    const { payment } = await payAs(world, "Ada Example")
    await pass(world, 10_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "crypto_funds_pending", refunds: [] })
    expect(world.incidents).toEqual([])
  })

  it("about how a refund ended is believed the first time, and a person is told", async () => {
    let isTurned = false
    const turned = (standing: NetworkStanding): NetworkStanding => ({
      ...standing,
      refunds: standing.refunds.map((one) => (isTurned ? { ...one, report: { _tag: "Failed" } } : one))
    })
    const world = await crossBorderWorld({ reach: telling(turned) })
    const { payment } = await payAs(world, "FailThenRefundWithCompleted")
    await fund(world, payment)
    await pass(world, 60_000, 20)
    isTurned = true
    // What has ended is not looked at often; somebody says that there is news.
    const { crossBorder } = world.kernel
    for (let turn = 0; turn < 2; turn++) ok(await crossBorder.payments.hear(merchantId, payment.id))
    const refunds = await refundsOf(world, await paymentOf(world, payment.id))
    expect(refunds).toMatchObject([{ status: "completed", contradiction: "failed" }])
    expect(whys(world)).toEqual(["a refund is said to have ended otherwise"])
    expect(world.incidents).toHaveLength(1)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("by asking about another's payment is not heard", async () => {
    const world = await crossBorderWorld({
      reach: (network) => {
        let asked: NetworkStanding["rfis"] = []
        return telling((standing) => {
          if (asked.length === 0) asked = standing.rfis
          return { ...standing, rfis: asked }
        })(network)
      }
    })
    const { payment } = await payAs(world, "CreateRfi")
    await pass(world, 4_000)
    const other = await payAs(world, "Ada Example")
    await pass(world, 10_000)
    expect((await paymentOf(world, other.payment.id)).rfis).toEqual([])
    expect((await paymentOf(world, payment.id)).rfis).toHaveLength(1)
    expect(whys(world)).toEqual(["a request is another payment's"])
  })

  it("by refusing money that it has is told of it until it takes it", async () => {
    const reach = (network: Network): Network => ({
      ...network,
      fund: first<Network["fund"]>([refusedFor("payment_not_found"), notSent], network.fund)
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    await fund(world, payment)
    await pass(world, 30_000, 8)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    expect(whys(world)).toEqual(["the network refuses funds: payment_not_found"])
  })
})

describe("a payment that the network ends", () => {
  it("takes no transaction any more that was made for it", async () => {
    let isEnded = false
    const failing = (standing: NetworkStanding): NetworkStanding =>
      isEnded ? { ...standing, reports: [...standing.reports, { _tag: "Failed", code: "PM07000" }] } : standing
    const world = await crossBorderWorld({ reach: telling(failing) })
    const { payment } = await payAs(world, "Ada Example")
    const { transactions, payments } = world.kernel.crossBorder
    const transaction = await createTransaction(world, payment)
    isEnded = true
    expect(ok(await payments.hear(merchantId, payment.id)).payment.status).toBe("failed")
    const signedTransaction = signed(world, transaction)
    expect(await transactions.submit(merchantId, payment.id, transaction.id, { signedTransaction })).toEqual({
      ...{ ok: false, error: { _tag: "PaymentNotAwaitingFunds", status: "failed" } }
    })
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a chain that cannot be asked", () => {
  it("leaves everything as it was, and what is signed is sent when it is back", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    const { transactions } = world.kernel.crossBorder
    const away = { ok: false, error: { _tag: "ChainUnavailable", retryAfterMs: 1000 } }
    world.simulated.setMode("down", 1)
    expect(await transactions.create(merchantId, payment.id, { version: 1, metadata: null })).toEqual(away)
    world.simulated.setMode("normal", 1)
    const transaction = await createTransaction(world, payment)
    const signedTransaction = signed(world, transaction)
    world.simulated.setMode("down", 1)
    const submit = () => transactions.submit(merchantId, payment.id, transaction.id, { signedTransaction })
    expect(await submit()).toEqual(away)
    world.simulated.setMode("normal", 1)
    expect(ok(await submit()).status).toBe("pending")
    world.simulated.setMode("down", 1)
    await pass(world, 30_000, 6)
    world.simulated.setMode("normal", 1)
    await pass(world, 120_000, 12)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    expect(await world.kernel.audit()).toEqual([])
  })
})
