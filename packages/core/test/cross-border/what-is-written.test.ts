/** What a kernel asks its store to write of a payment abroad, and what becomes of that where others write as well. */
import type { CrossBorderView, IdempotentRequest } from "@paykernel/core"
import {
  type Commit,
  type NetworkReply,
  type PayoutNetwork,
  type Store,
  type SubmittedPayment,
  type Vault,
  VersionConflict
} from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import { atClaim } from "../moment-of-claim.ts"
import {
  answer,
  bestQuote,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  encryptJson,
  errorOf,
  exampleAnswer,
  fund,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  paymentRequest,
  submitTransaction,
  viewOf
} from "./cross-border-world.ts"

type Network = PayoutNetwork["Service"]

/** A store that keeps what it was asked to write, and says of what is nobody's task that somebody else was faster. */
const watchedStore = () => {
  const own = memoryStore()
  const commits: Array<Commit> = []
  const contended = { turns: 0 }
  const store: Store["Service"] = {
    ...own,
    commit: (commit) => {
      const [write] = commit.aggregates
      if (contended.turns > 0 && commit.lease === null && write !== undefined) {
        contended.turns--
        return Effect.fail(new VersionConflict({ ref: write.ref }))
      }
      commits.push(commit)
      return own.commit(commit)
    }
  }
  return { store, commits, contended }
}

describe("a payment that everybody writes at once", () => {
  it("is decided anew a dozen times, and then its caller is told to come back", async () => {
    const { store, contended } = watchedStore()
    const world = await crossBorderWorld({ store })
    const { payment } = await payAs(world, "Ada Example")
    const create = () =>
      world.kernel.crossBorder.transactions.create(merchantId, payment.id, { version: 1, metadata: null })
    contended.turns = 12
    expect(await create()).toEqual({ ok: false, error: { _tag: "Unavailable", retryAfterMs: 1000 } })
    expect((await paymentOf(world, payment.id)).transactions).toEqual([])
    contended.turns = 11
    const { view } = ok(await create())
    expect((await paymentOf(world, payment.id)).transactions).toMatchObject([{ id: view.id }])
  })

  it("has one transaction, of whoever came first", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    const input = { version: 1, metadata: null } as const
    const { transactions } = world.kernel.crossBorder
    const outcomes = await Promise.all([1, 2].map(() => transactions.create(merchantId, payment.id, input)))
    expect(outcomes.map(errorOf).toSorted()).toEqual(["AnotherTransactionActive", null])
    expect((await paymentOf(world, payment.id)).transactions).toHaveLength(1)
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("what is written", () => {
  it("is what happened, and nothing where nothing did", async () => {
    const { store, commits } = watchedStore()
    const world = await crossBorderWorld({ store })
    const { payment } = await payAs(world, "Ada Example")
    await fund(world, payment)
    await pass(world, 30_000)
    for (const { aggregates } of commits) {
      for (const { ref, events } of aggregates) expect([ref.type, events.length > 0]).toEqual([ref.type, true])
    }
    const before = commits.length
    const { payments } = world.kernel.crossBorder
    expect(ok(await payments.hear(merchantId, payment.id)).payment.status).toBe("completed")
    expect(commits).toHaveLength(before)
  })

  it("is nothing where an answer comes again that was decided", async () => {
    const { store, commits } = watchedStore()
    const world = await crossBorderWorld({ store })
    const { payment, activeRfi: rfi } = await payAs(world, "CreateRfi")
    if (rfi === null) throw new Error("nothing was asked")
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    const submit = () => world.kernel.crossBorder.rfis.submit(merchantId, payment.id, rfi.id, { version: 1, jwe })
    ok(await submit())
    await pass(world, 10_000)
    const before = commits.length
    expect(ok(await submit()).status).toBe("approved")
    expect(commits).toHaveLength(before)
  })
})

const answered = (key: string): IdempotentRequest<CrossBorderView> =>
  requestOf(
    key,
    ({ payment: { status }, activeRfi }) => `${status}, ${activeRfi === null ? "nothing asked" : activeRfi.status}`
  )

describe("an answer that is kept", () => {
  it.each([
    ["CreateRfi", "created, information_required"],
    ["Ada Example", "crypto_funds_pending, nothing asked"]
  ])("says what was true in the moment that it was written: %s", async (name, body) => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world), { ORIGINATOR_NAME: name })
    const { payments } = world.kernel.crossBorder
    expect(ok(await payments.create(merchantId, input, answered("key-1"))).answer?.body).toBe(body)
  })

  it("is one of a payment that its maker lost sight of, once anything is known of it", async () => {
    const never = Promise.withResolvers<void>()
    const [network, taken] = [{ isAway: false }, { submits: 0 }]
    const reach = (real: Network): Network => ({
      ...real,
      submit: (payment, timeoutMs) =>
        Effect.tap(real.submit(payment, timeoutMs), () => {
          taken.submits++
          return Effect.promise(() => never.promise)
        }),
      lookup: (key, timeoutMs) =>
        network.isAway ? Effect.succeed({ _tag: "Unavailable", why: "a test" }) : real.lookup(key, timeoutMs)
    })
    const world = await crossBorderWorld({ reach, kernel: { callTimeoutMs: 5_000 } })
    const input = await inputFor(world, await bestQuote(world))
    const { payments } = world.kernel.crossBorder
    const create = () => payments.create(merchantId, input, paymentRequest("key-1"))
    network.isAway = true
    const lost = create()
    await expect.poll(() => taken.submits).toBe(1)
    // Nobody knows, so nobody is told anything.
    expect(errorOf(await create())).toBe("Unavailable")
    network.isAway = false
    const quote = ok(await world.kernel.crossBorder.quotes.get(merchantId, input.quoteId))
    const id = quote.paymentId ?? ""
    expect(ok(await payments.hear(merchantId, id)).payment.status).toBe("crypto_funds_pending")
    network.isAway = true
    expect(ok(await payments.hear(merchantId, id)).payment.status).toBe("crypto_funds_pending")
    const found = ok(await create())
    expect(found).toMatchObject({ replayed: false, answer: { body: `${id} crypto_funds_pending` } })
    expect(ok(await create())).toEqual({ ...found, replayed: true })
    never.resolve()
    expect(ok(await lost).answer?.body).toBe(`${id} crypto_funds_pending`)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is given to nobody while the network has no such payment", async () => {
    const gate = Promise.withResolvers<void>()
    let submits = 0
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) => {
        submits++
        return Effect.andThen(
          Effect.promise(() => gate.promise),
          network.submit(payment, timeoutMs)
        )
      }
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const create = () => world.kernel.crossBorder.payments.create(merchantId, input, paymentRequest("key-1"))
    const first = create()
    await expect.poll(() => submits).toBe(1)
    expect(errorOf(await create())).toBe("Unavailable")
    gate.resolve()
    const made = ok(await first)
    expect(made.view.payment.status).toBe("crypto_funds_pending")
    expect(ok(await create())).toEqual({ ...made, replayed: true })
  })
})

const notSent: NetworkReply = { _tag: "NotSent", why: "a test" }

describe("a payment of which nobody knows whether the network has it", () => {
  it("is submitted again soon, as it was, until it is known, and then no more", async () => {
    const replies: Array<NetworkReply> = [notSent, notSent, { _tag: "Unknown", why: "a test" }]
    const submitted: Array<SubmittedPayment> = []
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) => {
        submitted.push(payment)
        const reply = replies.shift()
        return reply === undefined ? network.submit(payment, timeoutMs) : Effect.succeed(reply)
      }
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    expect(payment.status).toBe("created")
    await pass(world, 10_000, 10)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    await pass(world, 120_000, 4)
    expect(submitted).toHaveLength(4)
    expect(new Set(submitted.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(await Effect.runPromise(world.store.sealedRecords(null, 10))).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("stands as the network says when it takes it, and nothing is kept sealed for it any more", async () => {
    const replies: Array<NetworkReply> = [notSent]
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) => {
        const reply = replies.shift()
        return reply === undefined ? network.submit(payment, timeoutMs) : Effect.succeed(reply)
      },
      lookup: () => Effect.succeed({ _tag: "Unavailable", why: "a test" })
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    await pass(world, 4_000, 2)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(await Effect.runPromise(world.store.sealedRecords(null, 10))).toEqual([])
  })

  it("is not submitted again once the network has asked about it", async () => {
    let submits = 0
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) => {
        submits++
        return Effect.as(network.submit(payment, timeoutMs), { _tag: "Unknown", why: "a test" })
      },
      // A question is all that is told.
      lookup: (key, timeoutMs) =>
        Effect.map(network.lookup(key, timeoutMs), (lookup) =>
          lookup._tag === "Found" ? { ...lookup, standing: { ...lookup.standing, reports: [] } } : lookup
        )
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "CreateRfi")
    const { payments } = world.kernel.crossBorder
    expect(ok(await payments.hear(merchantId, payment.id)).activeRfi).not.toBe(null)
    await pass(world, 10_000, 4)
    expect(submits).toBe(1)
    expect(await Effect.runPromise(world.store.sealedRecords(null, 10))).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("is still its submitter's when it goes out, however long it took to open what is sealed", async () => {
    const { store, commits } = watchedStore()
    const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
    const clock = { pass: () => {} }
    const vault: Vault["Service"] = {
      ...own,
      open: (sealed, place) => Effect.tap(own.open(sealed, place), () => Effect.sync(clock.pass))
    }
    const leases: Array<string | undefined> = []
    let isSilent = true
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) => {
        leases.push(commits.at(-1)?.lease?.then._tag)
        return isSilent ? Effect.succeed(notSent) : network.submit(payment, timeoutMs)
      }
    })
    const world = await crossBorderWorld({ store, reach, kernel: { vault } })
    const { payment } = await payAs(world, "Ada Example")
    isSilent = false
    clock.pass = () => {
      world.clock.ms += 12_000
    }
    await pass(world, 4_000, 1)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(leases).toEqual([undefined, "Hold"])
  })
})

describe("work on a payment", () => {
  it("is still its worker's when the network or the chain is asked, however late it was begun", async () => {
    const { store, commits } = watchedStore()
    const late = { kind: "", pass: () => {} }
    let isDeaf = true
    const reach = (network: Network): Network => ({
      ...network,
      answerRfi: (submitted, timeoutMs) => (isDeaf ? Effect.succeed(notSent) : network.answerRfi(submitted, timeoutMs)),
      fund: (notice, timeoutMs) => (isDeaf ? Effect.succeed(notSent) : network.fund(notice, timeoutMs))
    })
    const world = await crossBorderWorld({ store: atClaim(late)(store), reach })
    late.pass = () => {
      world.clock.ms += 25_000
    }
    const held = () => commits.flatMap(({ lease }) => (lease?.then._tag === "Hold" ? [lease.id.split(":")[1]] : []))
    /** Lets work of this kind come up, and take its time. */
    const comesLate = async (kind: string) => {
      late.kind = kind
      await pass(world, 60_000, 8)
      expect(late.kind).toBe("")
      expect(held()).toContain(kind.replaceAll("_", "-"))
    }
    const { payment, activeRfi } = await payAs(world, "CreateRfi")
    if (activeRfi === null) throw new Error("nothing was asked")
    ok(await answer(world, activeRfi))
    isDeaf = false
    await comesLate("submit_rfi")
    await comesLate("follow_cross_border")
    isDeaf = true
    await submitTransaction(world, await createTransaction(world, payment))
    await comesLate("broadcast_transaction")
    isDeaf = false
    await comesLate("pay_out")
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "completed" })
    expect(world.incidents).toEqual([])
  })
})

describe("a clock that is set back", () => {
  /** A world whose clock is set back once, when the work of a kind is taken up. */
  const setBack = async () => {
    const { store } = watchedStore()
    const early = { kind: "", pass: () => {} }
    const world = await crossBorderWorld({ store: atClaim(early)(store) })
    early.pass = () => {
      world.clock.ms -= 10_000
    }
    return { world, early }
  }

  it.each<[string, string, (world: CrossBorderWorld) => Promise<{ dueAtMs: number; isOver: () => Promise<boolean> }>]>([
    [
      "a payment",
      "expire_cross_border",
      async (world) => {
        const { id, expiresAtMs: dueAtMs } = (await payAs(world, "Ada Example")).payment
        return { dueAtMs, isOver: async () => (await paymentOf(world, id)).status === "failed" }
      }
    ],
    [
      "a transaction",
      "expire_transaction",
      async (world) => {
        const { payment } = await payAs(world, "Ada Example", { blockchain: "SOL-DEVNET" })
        const { id, expiresAtMs: dueAtMs } = await createTransaction(world, payment)
        const { transactions } = world.kernel.crossBorder
        return {
          dueAtMs,
          isOver: async () => ok(await transactions.get(merchantId, payment.id, id)).status === "failed"
        }
      }
    ],
    [
      "a request for information",
      "expire_rfi",
      async (world) => {
        const { payment, activeRfi } = await payAs(world, "CreateRfi")
        const isOver = async () => (await viewOf(world, payment.id)).activeRfi === null
        return { dueAtMs: activeRfi?.expiresAtMs ?? 0, isOver }
      }
    ]
  ])("leaves %s the time that it has, and no more", async (_, kind, make) => {
    const { world, early } = await setBack()
    const { dueAtMs, isOver } = await make(world)
    await pass(world, 20_000)
    early.kind = kind
    world.clock.ms = dueAtMs
    await world.kernel.drain()
    expect([await isOver(), world.clock.ms]).toEqual([false, dueAtMs - 10_000])
    world.clock.ms = dueAtMs
    await world.kernel.drain()
    expect(await isOver()).toBe(true)
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })
})

describe("a payment whose maker is slow", () => {
  it("is submitted by somebody else, and he is told to come again", async () => {
    const gate = Promise.withResolvers<void>()
    let submits = 0
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) =>
        Effect.tap(network.submit(payment, timeoutMs), () =>
          ++submits === 1 ? Effect.promise(() => gate.promise) : Effect.void
        )
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const create = () => world.kernel.crossBorder.payments.create(merchantId, input, paymentRequest("key-1"))
    const slow = create()
    await expect.poll(() => submits).toBe(1)
    await pass(world, 300_000)
    expect(submits).toBe(2)
    gate.resolve()
    expect(errorOf(await slow)).toBe("Unavailable")
    const again = ok(await create())
    expect(again).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("stays where the network refuses what it is known to have taken", async () => {
    const gate = Promise.withResolvers<void>()
    let submits = 0
    const reach = (network: Network): Network => ({
      ...network,
      submit: (payment, timeoutMs) =>
        Effect.map(
          Effect.tap(network.submit(payment, timeoutMs), () => {
            submits++
            return Effect.promise(() => gate.promise)
          }),
          () => ({ _tag: "Refused", refusal: { why: "quote_in_use", fields: [] } })
        )
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const { payments, quotes } = world.kernel.crossBorder
    const slow = payments.create(merchantId, input)
    await expect.poll(() => submits).toBe(1)
    const { paymentId } = ok(await quotes.get(merchantId, input.quoteId))
    ok(await payments.hear(merchantId, paymentId ?? ""))
    gate.resolve()
    expect(await slow).toEqual({
      ...{ ok: false, error: { _tag: "PaymentNotWithdrawable", status: "crypto_funds_pending" } }
    })
    expect((await viewOf(world, paymentId ?? "")).payment.status).toBe("crypto_funds_pending")
    expect(ok(await quotes.get(merchantId, input.quoteId))).toMatchObject({ status: "used", paymentId })
    await createTransaction(world, await paymentOf(world, paymentId ?? ""))
    await pass(world, 300_000)
    expect(await world.kernel.audit()).toEqual([])
  })
})
