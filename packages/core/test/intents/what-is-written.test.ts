/** What a kernel asks its store to write of intents, and what becomes of that where others write as well. */
import { money } from "@paykernel/core"
import { type Commit, type Store, type StoredAggregate, VersionConflict } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import { firstPage, paymentInput, submitCard } from "../kernel-world.ts"
import { atClaim } from "../moment-of-claim.ts"
import {
  balanceOf,
  customer,
  depositsOf,
  errorOf,
  finalityMs,
  half,
  hourMs,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  order,
  pass,
  payIn,
  refund,
  refundsOf,
  send,
  usdc,
  type WorldOptions,
  whole
} from "./intent-world.ts"

const away = { ok: false, error: { _tag: "Unavailable", retryAfterMs: 1000 } }

/** A world whose store keeps what it was asked to write, and says of a type that somebody else was faster. */
const watchedWorld = async (options: WorldOptions = {}) => {
  const commits: Array<Commit> = []
  const contended = { type: "", turns: 0 }
  const told: { list: (aggregate: StoredAggregate) => StoredAggregate } = { list: (aggregate) => aggregate }
  const reach = (store: Store["Service"]): Store["Service"] => ({
    ...store,
    commit: (commit) => {
      const write = commit.aggregates.find(({ ref }) => ref.type === contended.type)
      if (contended.turns > 0 && write !== undefined) {
        contended.turns--
        return Effect.fail(new VersionConflict({ ref: write.ref }))
      }
      commits.push(commit)
      return store.commit(commit)
    },
    list: (query) =>
      Effect.map(store.list(query), (page) => ({
        ...page,
        items: page.items.map((item) => ({ ...item, aggregate: told.list(item.aggregate) }))
      }))
  })
  const contend = (type: string, turns: number) => Object.assign(contended, { type, turns })
  return { world: await intentWorld({ reach, ...options }), commits, contend, told }
}

/** Each task of a commit, and for how long it is this process's own. */
const tasksOf = (commit: Commit | undefined, nowMs: number) =>
  commit?.tasks.map(({ kind, bornLeased }) => [kind, bornLeased === null ? null : bornLeased.untilMs - nowMs])

describe("what everybody writes at once", () => {
  it("is a deposit: it is decided anew a dozen times, and then whoever looked is told to come back", async () => {
    const { world, contend } = await watchedWorld()
    const intent = await openIntent(world)
    await send(world, intent, half, half)
    contend("deposit", 12)
    expect(await world.kernel.intents.hear(merchantId, intent.id)).toEqual(away)
    // A store that is not there for the one is not asked for the other.
    expect(await depositsOf(world, intent.id)).toEqual([])
    contend("deposit", 11)
    expect(ok(await world.kernel.intents.hear(merchantId, intent.id)).confirming).toMatchObject({ count: 2 })
  })

  it("is a deposit that somebody else has credited between two readings, which is no news", async () => {
    const meanwhile: { work: (() => Promise<unknown>) | null } = { work: null }
    const { world } = await watchedWorld({
      reach: (store) => ({
        ...store,
        load: (ref) =>
          Effect.tap(store.load(ref), () =>
            Effect.promise(async () => {
              const { work } = meanwhile
              if (work === null || ref.type !== "deposit") return
              meanwhile.work = null
              await work()
            })
          )
      })
    })
    const intent = await openIntent(world)
    await send(world, intent, whole)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    world.clock.ms += 2 * finalityMs
    meanwhile.work = () => world.kernel.intents.hear(merchantId, intent.id)
    await world.kernel.drain()
    expect(meanwhile.work).toBe(null)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "complete", paid: whole })
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is a refund: it is decided anew a dozen times, and then its caller is told to come back", async () => {
    const { world, contend } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" } as const
    contend("intent_refund", 12)
    expect(await world.kernel.intents.refund(merchantId, intent.id, input)).toEqual(away)
    expect(await refundsOf(world, intent.id)).toEqual([])
    contend("intent_refund", 11)
    ok(await world.kernel.intents.refund(merchantId, intent.id, input))
    expect(await refundsOf(world, intent.id)).toHaveLength(1)
  })

  it.each([
    [11, []],
    [12, ["StoreUnavailable"]]
  ])("is what became of a refund: %i conflicts in a row are %j", async (turns, whys) => {
    const { world, contend } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    contend("intent_refund", turns)
    await pass(world, 2 * finalityMs, 8)
    await pass(world, 60_000, 8)
    expect(world.incidents.map(({ why }) => why)).toEqual(whys)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("what is written", () => {
  it("is what happened, and nothing where nothing did", async () => {
    const { world, commits } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    await refund(world, intent.id, { amount: half })
    await pass(world, 5 * finalityMs, 8)
    for (const { aggregates } of commits) {
      for (const { ref, events } of aggregates) expect([ref.type, events.length > 0]).toEqual([ref.type, true])
    }
    const before = commits.length
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(commits).toHaveLength(before)
    await openIntent(world)
    await pass(world, 9 * hourMs, 8)
    // What a task was for and its end are one commit.
    for (const tag of ["IntentOpened", "IntentExpired"]) {
      const commit = commits.findLast(({ aggregates }) => aggregates.some(({ events }) => events[0]?.tag === tag))
      expect([tag, commit?.lease?.then._tag]).toEqual([tag, "Done"])
    }
    expect(world.incidents).toEqual([])
  })

  it("is still its worker's, however long a chain takes to answer", async () => {
    const clock = { pass: () => {} }
    const slow = <A, E>(call: Effect.Effect<A, E>) => Effect.tap(call, () => Effect.sync(clock.pass))
    const { world, commits } = await watchedWorld({
      reachChain: (chain) => ({
        ...chain,
        deriveAddress: (request) => slow(chain.deriveAddress(request)),
        depositsAt: (query) => slow(chain.depositsAt(query)),
        lookupRefund: (key, timeoutMs) => slow(chain.lookupRefund(key, timeoutMs))
      })
    })
    clock.pass = () => {
      world.clock.ms += 25_000
    }
    const held = () => commits.flatMap(({ lease }) => (lease?.then._tag === "Hold" ? [lease.id] : []))
    const { id } = await openIntent(world, { chains: ["ETH", "SOL"] })
    expect((await intentOf(world, id)).status).toBe("pending")
    expect(new Set(held())).toEqual(new Set([`${id}:assign-address`, `${id}:watch-deposits`]))
    clock.pass = () => {}
    await pass(world, 8 * hourMs - 600_000, 2)
    expect((await intentOf(world, id)).status).toBe("pending")
    clock.pass = () => {
      world.clock.ms += 25_000
    }
    await pass(world, 700_000, 1)
    expect((await intentOf(world, id)).status).toBe("expired")
    expect(held()).toContain(`${id}:expire-intent`)
    expect(world.incidents).toEqual([])
  })

  it("is work of this process as far as it has room, and anybody's beyond that", async () => {
    const gate = Promise.withResolvers<void>()
    let isHeld = false
    const reachChain: WorldOptions["reachChain"] = (chain) => ({
      ...chain,
      deriveAddress: (request) =>
        Effect.suspend(() =>
          isHeld
            ? Effect.andThen(
                Effect.promise(() => gate.promise),
                chain.deriveAddress(request)
              )
            : chain.deriveAddress(request)
        )
    })
    const { world, commits } = await watchedWorld({
      reachChain,
      kernel: { worker: { idlePollMs: 20, concurrency: 1, queueMax: 1 } }
    })
    const { intents } = world.kernel
    const paid = await payIn(world, await openIntent(world), whole)
    const lastOf = (type: string) => commits.findLast((one) => one.aggregates.some(({ ref }) => ref.type === type))
    isHeld = true
    // One is worked on, and one waits.
    for (let turn = 0; turn < 2; turn++) {
      ok(await intents.create(merchantId, order))
      expect(tasksOf(lastOf("intent"), world.clock.ms)).toEqual([
        ["assign_address", 30_000],
        ["expire_intent", null]
      ])
    }
    const second = ok(await intents.create(merchantId, order)).view
    expect(tasksOf(lastOf("intent"), world.clock.ms)).toEqual([
      ["assign_address", null],
      ["expire_intent", null]
    ])
    await refund(world, paid.id)
    expect(tasksOf(lastOf("intent_refund"), world.clock.ms)).toEqual([["refund_transfer", null]])
    isHeld = false
    gate.resolve()
    await world.kernel.drain()
    await pass(world, 5 * finalityMs, 8)
    expect((await intentOf(world, second.id)).status).toBe("pending")
    expect(await refundsOf(world, paid.id)).toMatchObject([{ status: "paid" }])
    await refund(world, paid.id)
    const planned = commits.findLast(({ tasks }) => tasks.some(({ kind }) => kind === "refund_transfer"))
    expect(tasksOf(planned, world.clock.ms)).toEqual([["refund_transfer", 30_000]])
    expect(world.incidents).toEqual([])
  })

  it("names what a key was bound to, and the key is of it", async () => {
    const { world, commits } = await watchedWorld()
    const { intents } = world.kernel
    const created = ok(
      await intents.create(
        merchantId,
        order,
        requestOf("a", ({ id }) => id)
      )
    ).view
    const bound = () => commits.findLast(({ idempotency }) => idempotency !== null)?.idempotency
    expect(bound()).toMatchObject({
      ...{ aggregate: { merchantId, type: "intent", id: created.id }, subject: created.id, body: created.id }
    })
    await world.kernel.drain()
    const intent = await payIn(world, await intentOf(world, created.id), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" } as const
    const refunding = () =>
      intents.refund(
        merchantId,
        intent.id,
        input,
        requestOf("b", (view) => view.refund.id)
      )
    const first = ok(await refunding())
    const { id } = first.view.refund
    expect(bound()).toMatchObject({ aggregate: { merchantId, type: "intent_refund", id }, subject: id, body: id })
    await pass(world, 5 * finalityMs, 8)
    expect(ok(await refunding())).toMatchObject({
      ...{ replayed: true, answer: first.answer, view: { refund: { id, status: "paid" }, intent: { id: intent.id } } }
    })
    expect(
      ok(
        await intents.create(
          merchantId,
          order,
          requestOf("a", (one) => one.id)
        )
      )
    ).toMatchObject({
      ...{ replayed: true, view: { id: created.id, status: "refunded" } }
    })
  })
})

describe("a clock that is set back", () => {
  it("leaves an intent the time that it has, and no more", async () => {
    const early = { kind: "", pass: () => {} }
    const world = await intentWorld({ reach: atClaim(early) })
    const { id } = await openIntent(world)
    const dueAtMs = (await intentOf(world, id)).expiresAtMs ?? 0
    early.kind = "expire_intent"
    early.pass = () => {
      world.clock.ms -= 10_000
    }
    world.clock.ms = dueAtMs
    await world.kernel.drain()
    expect([(await intentOf(world, id)).status, world.clock.ms]).toEqual(["pending", dueAtMs - 10_000])
    world.clock.ms = dueAtMs
    await world.kernel.drain()
    expect((await intentOf(world, id)).status).toBe("expired")
    expect(world.incidents).toEqual([])
  })
})

describe("what is looked at", () => {
  it("is all that was paid and given back, each as what it is, and of nobody else", async () => {
    const { world, told } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const { id } = await refund(world, intent.id, { amount: half })
    const [deposit] = await depositsOf(world, intent.id)
    const { payments } = world.kernel
    expect(ok(await payments.getAny(merchantId, id))).toMatchObject({ _tag: "IntentRefund", refund: { id } })
    expect(ok(await payments.getAny(merchantId, deposit?.id ?? ""))).toEqual({ _tag: "Deposit", deposit })
    const card = ok(await payments.create(merchantId, paymentInput((await submitCard(world)).id))).view
    expect(ok(await payments.getAny(merchantId, card.id))).toMatchObject({ _tag: "Payment", item: { id: card.id } })
    expect(errorOf(await payments.getAny(merchantId, "none"))).toBe("PaymentNotFound")
    expect(errorOf(await payments.getAny("another", id))).toBe("PaymentNotFound")
    told.list = (aggregate) => ({ ...aggregate, ref: { ...aggregate.ref, type: "intent" } })
    await expect(payments.listAny(merchantId, firstPage)).rejects.toThrow("no payment is made of a intent")
  })

  it("as payments by card and bank transfer is those alone, whatever type is asked for", async () => {
    const { world } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const [deposit] = await depositsOf(world, intent.id)
    const { payments } = world.kernel
    const card = ok(await payments.create(merchantId, paymentInput((await submitCard(world)).id))).view
    expect(errorOf(await payments.get(merchantId, deposit?.id ?? ""))).toBe("PaymentNotFound")
    const listed = async (where: { readonly type?: string | ReadonlyArray<string> }) =>
      ok(
        await payments.list(merchantId, { where, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 9 })
      ).items.map(({ id }) => id)
    for (const type of ["card", ["blockchain", "card"], ["bank_transfer", "card"]]) {
      expect(await listed({ type })).toEqual([card.id])
    }
    expect(await listed({})).toEqual([card.id])
    for (const type of ["bank_transfer", "blockchain", ["blockchain"]]) expect(await listed({ type })).toEqual([])
  })
})

describe("a refund", () => {
  it("is refused before anybody is asked for a rate: of nobody's intent, or by nobody", async () => {
    const { world } = await watchedWorld()
    const intent = await payIn(world, await openIntent(world, { settlementCurrency: "EURC" }), whole)
    const { intents } = world.kernel
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" } as const
    expect(errorOf(await intents.refund(merchantId, "none", input))).toBe("IntentNotFound")
    const euros = { ...input, amount: { ...half, currency: "EURC" }, sourceCurrency: "EURC" } as const
    expect(errorOf(await intents.refund(merchantId, "none", euros))).toBe("IntentNotFound")
    expect(errorOf(await intents.refund("nobody", intent.id, input))).toBe("MerchantNotFound")
    world.rates.setAvailable(false)
    expect(await intents.refund(merchantId, intent.id, euros)).toEqual({
      ...{ ok: false, error: { _tag: "RefundCurrencyMismatch", expected: "USDC" } }
    })
    expect(await intents.refund(merchantId, intent.id, { ...input, sourceCurrency: "EUR" })).toEqual({
      ...{ ok: false, error: { _tag: "SourceCurrencyNotAllowed", allowed: ["USDC", "EURC"] } }
    })
    const destination = { ...customer, chain: "DOGE" }
    expect(await intents.refund(merchantId, intent.id, { ...input, destination })).toEqual({
      ...{ ok: false, error: { _tag: "ChainNotSupported", chain: "DOGE" } }
    })
    const mistyped = { ...customer, address: customer.address.replace("F", "f") }
    expect(await intents.refund(merchantId, intent.id, { ...input, destination: mistyped })).toEqual({
      ...{ ok: false, error: { _tag: "DestinationInvalid", problem: "address_checksum_wrong" } }
    })
    ok(await intents.refund(merchantId, intent.id, input))
  })
})

describe("an intent", () => {
  it("names what was wrong with it", async () => {
    const { kernel } = await intentWorld()
    const create = (change: object) => kernel.intents.create(merchantId, { ...order, ...change })
    expect(await create({ chains: ["ETH", "DOGE"] })).toEqual({
      ...{ ok: false, error: { _tag: "ChainNotSupported", chain: "DOGE" } }
    })
    expect(await create({ settlementCurrency: "JPY" })).toEqual({
      ...{ ok: false, error: { _tag: "PairNotTraded", pair: { base: "USDC", counter: "JPY" } } }
    })
    expect(errorOf(await create({ amount: usdc(-1n) }))).toBe("IntentAmountNotPositive")
    expect(errorOf(await kernel.intents.expire(merchantId, "none"))).toBe("IntentNotFound")
  })

  it("can be paid for as long as was asked, and else for as long as the kernel says", async () => {
    const world = await intentWorld({ intents: { lifetimeMs: hourMs, monitoringMs: 2 * hourMs } })
    const asked = ok(await world.kernel.intents.create(merchantId, { ...order, expiresAtMs: world.clock.ms + 7_000 }))
    expect(asked.view.expiresAtMs).toBe(world.clock.ms + 7_000)
    const plain = await openIntent(world)
    expect(plain.expiresAtMs).toBe(world.clock.ms + hourMs)
    expect((await openContinuous(world)).expiresAtMs).toBe(null)
    await pass(world, 2 * hourMs, 8)
    expect(await intentOf(world, plain.id)).toMatchObject({ status: "expired", watching: true })
    await pass(world, 3 * hourMs, 12)
    expect(await intentOf(world, plain.id)).toMatchObject({ status: "expired", watching: false })
  })

  it("has an address for exactly what the merchant has left, and not for more", async () => {
    const world = await intentWorld({ intents: { leaseFees: [usdc(0n), money(4n, "EURC")] } })
    const euros = { currency: "EURC", settlementCurrency: "EURC", amount: money(6n, "EURC") } as const
    const intent = await payIn(world, await openIntent(world), half)
    expect((await openIntent(world, euros)).status).toBe("failed")
    // What comes in another asset than was asked for is the merchant's all the same.
    await payIn(world, intent, money(9n, "EURC"))
    expect(-(await balanceOf(world, "merchant_available", "EURC"))).toBe(9n)
    for (const status of ["pending", "pending", "failed"]) expect((await openIntent(world, euros)).status).toBe(status)
    await payIn(world, intent, money(3n, "EURC"))
    for (const status of ["pending", "failed"]) expect((await openIntent(world, euros)).status).toBe(status)
    expect(await balanceOf(world, "merchant_available", "EURC")).toBe(0n)
    expect(await world.kernel.audit()).toEqual([])
  })
})
