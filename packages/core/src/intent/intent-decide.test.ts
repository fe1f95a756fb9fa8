import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  type CreateIntent,
  decide,
  evolve,
  type IntentCommand,
  type IntentEvent,
  type IntentRejection,
  type IntentStatus,
  idsNamedMax,
  intentLifetimeMaxMs,
  isLate,
  noIntent,
  refundableUntilMs,
  refundWindowMs
} from "./index.ts"

const { given, history, fold } = decider({ initial: noIntent, decide, evolve })

const usdc = (amount: bigint) => money(amount, "USDC")
const nowMs = 1_700_000_000_000
const hourMs = 3_600_000
const expiresAtMs = nowMs + 8 * hourMs
const monitoringMs = 24 * hourMs

const create = (change: Partial<CreateIntent> = {}): CreateIntent => ({
  _tag: "CreateIntent",
  kind: "transient",
  id: "i-1",
  merchantId: "m-1",
  walletId: null,
  currency: "USDC",
  amount: usdc(100n),
  settlementCurrency: "USDC",
  chains: ["ETH"],
  toleranceBps: 0,
  expiresAtMs,
  monitoringMs,
  nowMs,
  ...change
})

const continuous = create({ kind: "continuous", amount: null, expiresAtMs: null })

const at = { chain: "ETH", address: "0xabc", addressTag: null }

const assign = (leaseFee = usdc(0n)): IntentCommand => ({
  _tag: "AssignAddresses",
  addresses: [at],
  leaseFee,
  nowMs: nowMs + 3
})

const open = [create(), assign()]
const active = [continuous, assign()]

const about = (amount: bigint, n: number | string = 1, late = false) => ({
  depositId: `d-${n}`,
  amount: usdc(amount),
  late,
  nowMs: nowMs + 10
})
const note = (...of: Parameters<typeof about>): IntentCommand => ({ _tag: "NoteDeposit", ...about(...of) })
const takeBack = (...of: Parameters<typeof about>): IntentCommand => ({ _tag: "TakeBackDeposit", ...about(...of) })
const credit = (amount: bigint, n: number | string = 1, late = false, noted: bigint | null = null): IntentCommand => ({
  _tag: "CreditDeposit",
  ...about(amount, n, late),
  fee: usdc(0n),
  noted: noted === null ? null : usdc(noted)
})
const expire = (because: "time" | "merchant" = "time", atMs = expiresAtMs): IntentCommand => ({
  _tag: "ExpireIntent",
  because,
  nowMs: atMs
})
const refund = (amount: bigint, atMs = nowMs + 20, n = 1): IntentCommand => ({
  _tag: "StartRefund",
  refundId: `r-${n}`,
  amount: usdc(amount),
  nowMs: atMs
})
const record = (amount: bigint, outcome: "paid" | "failed"): IntentCommand => ({
  _tag: "RecordRefund",
  refundId: "r-1",
  amount: usdc(amount),
  outcome,
  nowMs: nowMs + 30
})
const endMonitoring = (atMs = expiresAtMs + monitoringMs): IntentCommand => ({ _tag: "EndMonitoring", nowMs: atMs })

const tagsOf = (commands: ReadonlyArray<IntentCommand>, command: IntentCommand): string => {
  const decided = decide(fold(history(...commands)), command)
  if (decided._tag === "Failure") return decided.failure._tag
  return decided.success.events.map(({ _tag }) => _tag).join() || "nothing"
}

describe("creating an intent", () => {
  it("wants an address, and its time to end", () => {
    const { tasks } = given()
      .when(create())
      .then({ ...created(), atMs: nowMs })
    const of = { aggregate: { type: "intent", id: "i-1" }, subject: "i-1" }
    expect(tasks).toEqual([
      { ...of, id: "i-1:assign-address", kind: "assign_address", dueAtMs: nowMs },
      { ...of, id: "i-1:expire-intent", kind: "expire_intent", dueAtMs: expiresAtMs }
    ])
  })

  it("wants no end of a continuous one", () => {
    const decided = decide(noIntent, continuous)
    const tasks = decided._tag === "Success" ? decided.success.tasks.map(({ kind }) => kind) : []
    expect(tasks).toEqual(["assign_address"])
  })

  it.each<[string, Partial<CreateIntent>, IntentRejection["_tag"] | "IntentCreated"]>([
    ["in the last millisecond that is allowed", { expiresAtMs: nowMs + intentLifetimeMaxMs }, "IntentCreated"],
    ["too far ahead", { expiresAtMs: nowMs + intentLifetimeMaxMs + 1 }, "IntentExpiryNotAllowed"],
    ["at once", { expiresAtMs: nowMs }, "IntentExpiryNotAllowed"],
    ["within a millisecond", { expiresAtMs: nowMs + 0.5 }, "IntentExpiryNotAllowed"],
    ["never", { expiresAtMs: null }, "IntentTermsInvalid"],
    ["of nothing", { amount: usdc(0n) }, "IntentAmountNotPositive"],
    ["of no amount", { amount: null }, "IntentTermsInvalid"],
    ["of another currency", { amount: money(1n, "EURC") }, "IntentTermsInvalid"],
    ["continuous and of an amount", { kind: "continuous" }, "IntentTermsInvalid"],
    ["on no chain", { chains: [] }, "IntentChainsInvalid"],
    ["on a chain twice", { chains: ["ETH", "ETH"] }, "IntentChainsInvalid"],
    ["on too many chains", { chains: [..."abcdefghi"] }, "IntentChainsInvalid"],
    ["on as many chains as may be", { chains: [..."abcdefgh"] }, "IntentCreated"],
    ["with the widest tolerance", { toleranceBps: 1000 }, "IntentCreated"],
    ["with too wide a tolerance", { toleranceBps: 1001 }, "IntentTermsInvalid"],
    ["with a tolerance below nothing", { toleranceBps: -1 }, "IntentTermsInvalid"],
    ["with a monitoring window of no length", { monitoringMs: -1 }, "IntentTermsInvalid"]
  ])("expiring or being %s", (_, change, answer) => {
    expect(tagsOf([], create(change))).toBe(answer)
  })

  it("says what is wrong with the terms", () => {
    const reasonOf = (change: Partial<CreateIntent>) => {
      const decided = decide(noIntent, create(change))
      return decided._tag === "Failure" && decided.failure._tag === "IntentTermsInvalid" ? decided.failure.reason : null
    }
    expect(reasonOf({ amount: null })).toBe("an amount is for a transient intent, and needed there")
    expect(reasonOf({ expiresAtMs: null })).toBe("a transient intent expires, and no other does")
    expect(reasonOf({ currency: "EURC" })).toBe("the amount is in another currency")
    expect(reasonOf({ toleranceBps: 0.5 })).toBe("the tolerance is not within 0 and 1000")
    expect(reasonOf({ monitoringMs: 367 * 24 * hourMs })).toBe("the monitoring window is no time, or too long")
  })
})

const created = (): Extract<IntentEvent, { readonly _tag: "IntentCreated" }> => {
  const { _tag, nowMs: atMs, ...terms } = create()
  return { _tag: "IntentCreated", ...terms, atMs }
}

describe("getting addresses", () => {
  it("opens it, and begins the watch over them", () => {
    const { tasks, ledger } = given(...history(create()))
      .when(assign())
      .then({ _tag: "IntentOpened", addresses: [at], leaseFee: usdc(0n), atMs: nowMs + 3 })
    expect(tasks.map(({ id, kind }) => [id, kind])).toEqual([["i-1:watch-deposits", "watch_deposits"]])
    expect(ledger).toEqual([])
    expect(fold(history(...open))).toMatchObject({ methods: [{ chain: "ETH", address: at }], watching: true })
  })

  it("costs what it costs", () => {
    const decided = decide(fold(history(create())), assign(usdc(7n)))
    expect(decided._tag === "Success" && decided.success.ledger).toEqual([
      {
        id: "i-1:lease-fee",
        merchantId: "m-1",
        kind: "lease_fee",
        reference: { type: "intent", id: "i-1" },
        atMs: nowMs + 3,
        postings: [
          { account: "merchant_available", layer: "posted", amount: usdc(7n) },
          { account: "fee_revenue", layer: "posted", amount: usdc(-7n) }
        ]
      }
    ])
  })

  it.each([
    ["none", []],
    ["of another chain", [{ ...at, chain: "BTC" }]],
    ["one too many", [at, { ...at, chain: "BTC" }]],
    ["one twice", [at, at]]
  ])("needs one for each chain: %s", (_, addresses) => {
    given(...history(create()))
      .when({ _tag: "AssignAddresses", addresses, leaseFee: usdc(0n), nowMs })
      .thenRejected({ _tag: "AddressesIncomplete" })
  })

  it("gives each chain its own, in whatever order they come", () => {
    const there = { ...at, chain: "SOL", address: "7xk" }
    const both = (addresses: ReadonlyArray<typeof at>): IntentCommand => ({
      _tag: "AssignAddresses",
      addresses,
      leaseFee: usdc(0n),
      nowMs
    })
    const asked = create({ chains: ["ETH", "SOL"] })
    expect(fold(history(asked, both([there, at]))).methods.map(({ address }) => address)).toEqual([at, there])
    for (const addresses of [
      [at, at],
      [at, { ...at, chain: "BTC" }],
      [at, there, there]
    ])
      expect(tagsOf([asked], both(addresses))).toBe("AddressesIncomplete")
  })

  it("takes no fee that is none of it", () => {
    for (const leaseFee of [usdc(-1n), money(1n, "EURC")])
      given(...history(create()))
        .when({ _tag: "AssignAddresses", addresses: [at], leaseFee, nowMs })
        .thenRejected({ _tag: "IntentTermsInvalid", reason: "no fee of this intent" })
  })
})

describe("deposits", () => {
  it("complete it in the commit that credits the one that makes it enough", () => {
    expect(tagsOf(open, credit(99n))).toBe("IntentDepositCredited")
    expect(tagsOf(open, credit(100n))).toBe("IntentCompleted")
    expect(tagsOf([...open, credit(99n)], credit(1n, 2))).toBe("IntentCompleted")
    expect(fold(history(...open, credit(60n), credit(50n, 2)))).toMatchObject({
      status: "complete",
      context: "overpaid",
      depositIds: ["d-1", "d-2"]
    })
  })

  it("go on being credited when it is complete, and are named once", () => {
    const intent = fold(
      history(...open, note(100n), credit(100n, 1, false, 100n), note(5n, 2), credit(5n, 2, false, 5n))
    )
    expect(intent).toMatchObject({ status: "complete", context: "overpaid", depositIds: ["d-1", "d-2"] })
    expect(intent.confirming).toEqual({ count: 0, total: usdc(0n), inTime: 0 })
  })

  it("that are taken back leave no trace in what was paid", () => {
    const before = fold(history(...open, note(40n)))
    expect(before.confirming).toEqual({ count: 1, total: usdc(40n), inTime: 1 })
    expect(fold(history(...open, note(40n), takeBack(40n)))).toMatchObject({ paid: usdc(0n), context: "none" })
  })

  it("must have been noted to be taken back, or to be moved from there", () => {
    for (const command of [takeBack(1n), takeBack(40n, 1, true), credit(1n, 1, false, 1n), takeBack(41n)]) {
      expect(tagsOf([...open, note(40n)], command)).toBe("DepositNotNoted")
    }
    expect(tagsOf([...open, note(40n), note(2n, 2)], takeBack(42n))).toBe("DepositNotNoted")
    expect(tagsOf([...open, note(40n), note(2n, 2)], takeBack(40n))).toBe("IntentDepositTakenBack")
    expect(tagsOf([...open, note(40n, 1, true)], takeBack(40n))).toBe("DepositNotNoted")
    const inAnother = { ...credit(40n), noted: money(40n, "EURC") } as IntentCommand
    expect(tagsOf([...open, note(40n)], inAnother)).toBe("DepositNotNoted")
    expect(tagsOf(open, takeBack(1n))).toBe("DepositNotNoted")
  })

  it("of other currencies, or of nothing, are none", () => {
    expect(tagsOf(open, { ...note(1n), amount: money(1n, "EURC") } as IntentCommand)).toBe("DepositCurrencyMismatch")
    expect(tagsOf(open, note(0n))).toBe("DepositAmountNotPositive")
    expect(tagsOf([create()], note(1n))).toBe("IntentHasNoAddress")
  })

  it("that turn up when nobody looks any more are looked for again", () => {
    const over = [...open, expire(), endMonitoring()]
    expect(fold(history(...over)).watching).toBe(false)
    const tasksOf = (before: ReadonlyArray<IntentCommand>) => {
      const decided = decide(fold(history(...before)), note(5n, 9, true))
      return decided._tag === "Success" && decided.success.tasks.map(({ id, kind }) => [id, kind])
    }
    expect(tasksOf(over)).toEqual([["i-1:watch-deposits:d-9", "watch_deposits"]])
    expect(tasksOf(open)).toEqual([])
    expect(fold(history(...over, note(5n, 9, true)))).toMatchObject({ watching: true, status: "expired" })
  })

  it("are looked for chain by chain, from where each look ended", () => {
    const watched = (chain: string, watchedTo: string): IntentCommand => ({
      _tag: "AdvanceWatch",
      chain,
      watchedTo,
      nowMs
    })
    const addresses = [at, { ...at, chain: "SOL" }]
    const both = [
      create({ chains: ["ETH", "SOL"] }),
      { _tag: "AssignAddresses", addresses, leaseFee: usdc(0n), nowMs } as const
    ]
    const looked = [...both, watched("SOL", "20")]
    expect(fold(history(...looked)).methods).toEqual([
      { chain: "ETH", address: at, watchedTo: null },
      { chain: "SOL", address: addresses[1], watchedTo: "20" }
    ])
    given(...history(...looked))
      .when(watched("SOL", "20"))
      .thenNothing()
    expect(tagsOf(looked, watched("ETH", "20"))).toBe("IntentWatchAdvanced")
    expect(tagsOf(looked, watched("BTC", "20"))).toBe("IntentHasNoAddress")
  })

  it("by the thousand do not make it grow", () => {
    const dust = Array.from({ length: idsNamedMax + 5 }, (_, n) => credit(1n, n))
    const { depositIds } = fold(history(create({ amount: usdc(1_000_000n) }), assign(), ...dust))
    expect(depositIds).toHaveLength(idsNamedMax)
    expect(depositIds.at(-1)).toBe(`d-${idsNamedMax + 4}`)
    expect(fold(history(...active, ...dust)).depositIds).toEqual([])
  })
})

describe("the end of the time", () => {
  it("comes when it is due, and not before", () => {
    expect(tagsOf(open, expire("time", expiresAtMs - 1))).toBe("IntentNotDue")
    const { tasks } = given(...history(...open))
      .when(expire())
      .then({ _tag: "IntentExpired", reason: null, atMs: expiresAtMs })
    expect(tasks).toEqual([])
    expect(tagsOf([continuous], expire())).toBe("nothing")
  })

  it("waits for what was sent in time, as long as anybody looks for it", () => {
    expect(tagsOf([...open, note(100n)], expire())).toBe("DepositConfirming")
    expect(tagsOf([...open, note(100n, 1, true)], expire())).toBe("IntentExpired")
    expect(tagsOf([...open, note(100n)], expire("time", expiresAtMs + monitoringMs))).toBe("IntentExpired")
  })

  it("waits for nothing where the merchant has had enough", () => {
    const ended = fold(history(...open, credit(5n), note(9n, 2), expire("merchant", nowMs + 11)))
    expect(ended.timeline[0]).toEqual({
      status: "expired",
      context: "underpaid",
      reason: "requested_by_merchant",
      atMs: nowMs + 11
    })
  })

  it("makes what comes from then on late", () => {
    const intent = fold(history(...open))
    expect([isLate(intent, expiresAtMs - 1), isLate(intent, expiresAtMs)]).toEqual([false, true])
    const forced = fold(history(...open, expire("merchant", nowMs + 11)))
    expect([isLate(forced, nowMs + 10), isLate(forced, nowMs + 11)]).toEqual([false, true])
    expect(isLate(fold(history(...active)), expiresAtMs * 2)).toBe(false)
  })

  it("of the monitoring waits for what is on its way", () => {
    const expired = [...open, expire()]
    const endsAtMs = expiresAtMs + monitoringMs
    given(...history(...expired))
      .when(endMonitoring(endsAtMs - 1))
      .thenRejected({ _tag: "IntentNotDue", dueAtMs: endsAtMs })
    expect(tagsOf([...expired, note(1n, 1, true)], endMonitoring())).toBe("DepositConfirming")
    expect(tagsOf(expired, endMonitoring())).toBe("IntentMonitoringEnded")
    expect(tagsOf([...expired, endMonitoring()], endMonitoring())).toBe("nothing")
    expect(tagsOf(open, endMonitoring())).toBe("IntentNotDue")
    expect(tagsOf(active, endMonitoring())).toBe("IntentNotDue")
  })
})

describe("giving back", () => {
  const paid = [...open, credit(100n)]

  it("reserves, and gives or keeps in the end", () => {
    expect(fold(history(...paid, refund(40n)))).toMatchObject({
      status: "refunded",
      refunding: usdc(40n),
      refundIds: ["r-1"]
    })
    expect(fold(history(...paid, refund(40n), record(40n, "paid")))).toMatchObject({
      refunding: usdc(0n),
      refunded: usdc(40n),
      context: "paid"
    })
    expect(fold(history(...paid, refund(40n), record(40n, "failed")))).toMatchObject({
      status: "refunded",
      refunding: usdc(0n),
      refunded: usdc(0n)
    })
  })

  it("gives no more than was paid, in all refunds together", () => {
    const some = [...paid, refund(40n), record(40n, "paid"), refund(30n, nowMs + 40, 2)]
    given(...history(...some))
      .when(refund(31n, nowMs + 50, 3))
      .thenRejected({ _tag: "RefundExceedsPaid", refundable: usdc(30n) })
    expect(tagsOf(some, refund(30n, nowMs + 50, 3))).toBe("IntentRefundStarted")
    expect(tagsOf(some, record(31n, "paid"))).toBe("RefundNotUnderWay")
  })

  it("is of something, in what was paid", () => {
    const euro = money(1n, "EURC")
    const commands = [refund(1n), record(1n, "paid")].map((one) => ({ ...one, amount: euro }) as IntentCommand)
    for (const command of commands)
      given(...history(...paid, refund(40n)))
        .when(command)
        .thenRejected({ _tag: "RefundCurrencyMismatch", expected: "USDC" })
    for (const amount of [0n, -1n]) expect(tagsOf(paid, refund(amount))).toBe("RefundAmountNotPositive")
  })

  it("waits for deposits on their way, and ends with its window", () => {
    expect(tagsOf([...paid, note(1n, 2)], refund(1n))).toBe("DepositConfirming")
    const untilMs = expiresAtMs + refundWindowMs
    expect(tagsOf(paid, refund(1n, untilMs))).toBe("IntentRefundStarted")
    expect(tagsOf(paid, refund(1n, untilMs + 1))).toBe("RefundWindowOver")
  })

  it("has a window of its own for whoever pays late", () => {
    const lateMs = expiresAtMs + hourMs
    const late = fold(history(...open, expire(), { ...credit(9n, 1, true), nowMs: lateMs } as IntentCommand))
    expect(refundableUntilMs(late)).toBe(lateMs + refundWindowMs)
  })

  it("closes a continuous one, and what comes then can be given back too", () => {
    const closed = fold(history(...active, credit(10n), refund(10n)))
    expect(closed).toMatchObject({
      status: "refunded",
      endedAtMs: nowMs + 20,
      monitoredUntilMs: nowMs + 20 + monitoringMs
    })
    const after = [...active, credit(10n), refund(10n), record(10n, "paid"), credit(7n, 2, true)]
    expect(tagsOf(after, refund(7n, nowMs + 50, 2))).toBe("IntentRefundStarted")
  })
})

describe("the timeline", () => {
  it("has why an intent ended, where that was not its time, and no reason for anything else", () => {
    const reasonsOf = (...commands: ReadonlyArray<IntentCommand>) =>
      fold(history(...commands)).timeline.map(({ status, reason }) => [status, reason])
    const failing: IntentCommand = { _tag: "FailIntent", reason: "fee_collection_failed", nowMs }
    expect(reasonsOf(create(), failing)).toEqual([
      ["failed", "fee_collection_failed"],
      ["created", null]
    ])
    expect(reasonsOf(...open, expire())).toEqual([
      ["expired", null],
      ["pending", null],
      ["created", null]
    ])
  })
})

const lives: { readonly [Status in IntentStatus]: ReadonlyArray<IntentCommand> } = {
  none: [],
  created: [create()],
  pending: [...open, credit(40n)],
  active: [...active, credit(40n)],
  complete: [...open, credit(100n)],
  expired: [...open, credit(40n), expire()],
  failed: [create(), { _tag: "FailIntent", reason: "fee_collection_failed", nowMs }],
  refunded: [...open, credit(100n), refund(10n)]
}

const commands = {
  create: create(),
  assign: assign(),
  fail: { _tag: "FailIntent", reason: "fee_collection_failed", nowMs },
  note: note(1n, 9),
  credit: credit(60n, 9),
  expire: expire(),
  force: expire("merchant"),
  endMonitoring: endMonitoring(),
  watch: { _tag: "AdvanceWatch", chain: "ETH", watchedTo: "20", nowMs },
  refund: refund(1n),
  record: record(10n, "paid")
} as const satisfies { readonly [name: string]: IntentCommand }

type Answer = IntentEvent["_tag"] | IntentRejection["_tag"] | "nothing"
type Row = { readonly [Name in keyof typeof commands]: Answer }

const unknown: Row = {
  ...{ create: "IntentCreated", assign: "IntentNotFound", fail: "IntentNotFound", note: "IntentNotFound" },
  ...{ credit: "IntentNotFound", expire: "IntentNotFound", force: "IntentNotFound", endMonitoring: "IntentNotFound" },
  ...{ watch: "IntentNotFound", refund: "IntentNotFound", record: "IntentNotFound" }
}

const payable: Row = {
  ...{ create: "IntentAlreadyExists", assign: "nothing", fail: "nothing", note: "IntentDepositNoted" },
  ...{ credit: "IntentDepositCredited", expire: "nothing", force: "IntentNotExpirable" },
  ...{ endMonitoring: "IntentMonitoringEnded", watch: "IntentWatchAdvanced", refund: "IntentRefundStarted" },
  record: "IntentNotRefundable"
}

const table: { readonly [Status in IntentStatus]: Row } = {
  none: unknown,
  created: {
    ...{ create: "IntentAlreadyExists", assign: "IntentOpened", fail: "IntentFailed", note: "IntentHasNoAddress" },
    ...{ credit: "IntentHasNoAddress", expire: "IntentExpired", force: "IntentExpired", endMonitoring: "nothing" },
    ...{ watch: "IntentHasNoAddress", refund: "IntentNotRefundable", record: "IntentNotRefundable" }
  },
  pending: {
    ...payable,
    ...{ credit: "IntentCompleted", expire: "IntentExpired", force: "IntentExpired" },
    ...{ endMonitoring: "IntentNotDue", refund: "IntentNotRefundable" }
  },
  active: { ...payable, endMonitoring: "IntentNotDue" },
  complete: payable,
  expired: payable,
  failed: {
    ...payable,
    ...{ note: "IntentHasNoAddress", credit: "IntentHasNoAddress", endMonitoring: "nothing" },
    ...{ watch: "IntentHasNoAddress", refund: "IntentNotRefundable" }
  },
  refunded: { ...payable, record: "IntentRefundPaid" }
}

describe("every command in every state", () => {
  it.each(Object.keys(table) as Array<IntentStatus>)("of an intent that is %s", (status) => {
    expect(fold(history(...lives[status])).status).toBe(status)
    const answers = Object.entries(commands).map(([name, command]) => [name, tagsOf(lives[status], command)])
    expect(Object.fromEntries(answers)).toEqual(table[status])
  })
})
