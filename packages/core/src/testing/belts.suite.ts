/**
 * Three belts hold a store's money: the version of the aggregate, the guarded write, and the constraints of the storage.
 * Here each holds double captures and over-refunds by itself, while the two others look away. They are made to by what
 * is done to the stored data behind the store's back, so the store that is tested is the one that is used.
 */
import { afterEach, describe, expect, it } from "vitest"
import type { AggregateRef, Bounds, Commit } from "../ports/commit.ts"
import { captureOf, commitOf, merchantId, outcome, refOf, run, type StorePort, writeOf } from "./store/store-case.ts"
import type { StoreUnderTest } from "./store.suite.ts"
import { reasonsToSkip, type SuiteSkip } from "./suite.ts"

/** What another program with access to the storage can do to it. */
export type BeltSwitches = {
  /** Belt one off: every aggregate says that it is at this version, whatever was written since. */
  readonly pretendVersion: (version: number) => Promise<void> | void
  /** Belt two off: writes amounts as a program does that guards nothing. Rejects when the storage refuses. */
  readonly overwriteBounds: (ref: AggregateRef, bounds: Bounds) => Promise<void> | void
  /** Belt three off: checks of amounts are not enforced any more. */
  readonly dropChecks: () => Promise<void> | void
  /** Belt three off: no stored event is left for a second one of the same version to clash with. */
  readonly forgetHistory: () => Promise<void> | void
}

export type BeltsUnderTest = StoreUnderTest & { readonly switches: BeltSwitches }

/**
 * Runs the belts' suite with vitest, for a store whose storage has constraints of its own. `make` gives a new, empty
 * store for each case, and the switches of its storage.
 */
export const describeBelts = (
  name: string,
  make: () => Promise<BeltsUnderTest>,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => {
  const titles = Object.values(beltCases).flatMap((cases) => Object.keys(cases))
  const reasons = reasonsToSkip(`${name} wears three belts`, titles, skip)
  describe(`${name} wears three belts`, () => {
    let under: BeltsUnderTest | undefined
    afterEach(async () => {
      await under?.close()
      under = undefined
    })
    for (const [belt, cases] of Object.entries(beltCases)) {
      describe(belt, () => {
        for (const [title, holds] of Object.entries(cases)) {
          const reason = reasons.get(title)
          if (reason !== undefined) it.skip(`${title} (${reason})`, () => {})
          else {
            it(title, async () => {
              under = await make()
              expect(await outcome(under.store, authorize)).toBe("Committed")
              await holds(under.store, under.switches)
            })
          }
        }
      })
    }
  })
}

type BeltCases = { readonly [title: string]: (store: StorePort, switches: BeltSwitches) => Promise<void> }

const payment = refOf("p")
const authorized = 100n
const authorize = commitOf({ aggregates: [writeOf("p", { bounds: { authorized, captured: 0n, refunded: 0n } })] })

/** Moves money and says how much was captured and refunded in all, as far as the one who decided it knew. */
const move = (name: string, amount: bigint, expectedVersion: number, known: Omit<Bounds, "authorized">): Commit =>
  commitOf({
    aggregates: [writeOf("p", { expectedVersion, state: name, bounds: { authorized, ...known } })],
    ledger: [captureOf(name, amount)]
  })

const capture = (name: string, captured: bigint) => move(name, captured, 1, { captured, refunded: 0n })
const captureAll = capture("capture", authorized)
const refund = (name: string, refunded: bigint) => move(name, -refunded, 2, { captured: authorized, refunded })

/** What came in less what went out, by the books. */
const kept = async (store: StorePort): Promise<bigint> =>
  (await run(store.balances(merchantId))).find(({ account }) => account === "card_receivable")?.posted ?? 0n

/**
 * Two that decided on one state. Each is within the bounds as it knows them, so a guard sees nothing wrong; both
 * together are not.
 */
const rivals = {
  "a second capture": { before: [], first: capture("first", 60n), second: capture("second", 60n), left: 60n },
  "a second refund": { before: [captureAll], first: refund("first", 60n), second: refund("second", 60n), left: 40n }
}

type Rivals = (typeof rivals)[keyof typeof rivals]

const forRivals = (
  title: (what: string) => string,
  holds: (store: StorePort, switches: BeltSwitches, rivals: Rivals) => Promise<void>
): BeltCases =>
  Object.fromEntries(
    Object.entries(rivals).map(([what, both]) => [
      title(what),
      async (store, switches) => {
        for (const commit of [...both.before, both.first]) expect(await outcome(store, commit)).toBe("Committed")
        expect(await kept(store)).toBe(both.left)
        await holds(store, switches, both)
      }
    ])
  )

const versionOf = ({ first }: Rivals): number => first.aggregates[0]?.expectedVersion ?? 0

const versionAlone = forRivals(
  (what) => `refuses ${what} that was decided on the same state`,
  async (store, { dropChecks, forgetHistory }, { second, left }) => {
    await dropChecks()
    await forgetHistory()
    expect(await outcome(store, second)).toBe("VersionConflict")
    expect(await kept(store)).toBe(left)
  }
)

/** Each breaks a bound by itself. */
const excesses: { readonly [title: string]: { readonly before: ReadonlyArray<Commit>; readonly commit: Commit } } = {
  "captured above authorized": { before: [], commit: capture("excess", 101n) },
  "captured above authorized, with one digit more": { before: [], commit: capture("excess", 1000n) },
  "refunded above captured": { before: [captureAll], commit: refund("excess", 101n) },
  "refunded above captured, with one digit more": { before: [captureAll], commit: refund("excess", 1000n) },
  "refunded below zero": { before: [captureAll], commit: refund("excess", -1n) }
}

const guardAlone: BeltCases = Object.fromEntries(
  Object.entries(excesses).map(([title, { before, commit }]) => [
    `refuses ${title}, though every version is right and nothing is checked`,
    async (store, { pretendVersion, dropChecks, forgetHistory }) => {
      for (const one of before) expect(await outcome(store, one)).toBe("Committed")
      const version = commit.aggregates[0]?.expectedVersion ?? 0
      const newer = writeOf("p", { expectedVersion: version, state: "newer" })
      expect(await outcome(store, commitOf({ aggregates: [newer] }))).toBe("Committed")
      const keptBefore = await kept(store)
      await dropChecks()
      await forgetHistory()
      await pretendVersion(version)
      expect(await outcome(store, commit)).toBe("InvariantViolated")
      expect(await kept(store)).toBe(keptBefore)
      expect(await run(store.load(payment))).toMatchObject({ state: "newer" })
    }
  ])
)

const largest = 10n ** 38n - 1n

const refused: ReadonlyArray<Bounds> = [
  { authorized, captured: 101n, refunded: 0n },
  { authorized, captured: 1000n, refunded: 0n },
  { authorized, captured: 100n, refunded: 101n },
  { authorized, captured: 50n, refunded: 51n },
  { authorized, captured: 100n, refunded: -1n },
  { authorized: largest - 1n, captured: largest, refunded: 0n },
  { authorized: largest + 1n, captured: 0n, refunded: 0n }
]

const constraintsAlone: BeltCases = {
  "refuse amounts out of bounds that any program writes": async (_, { overwriteBounds }) => {
    const attempt = async (bounds: Bounds): Promise<string> => {
      try {
        await overwriteBounds(payment, bounds)
        return "written"
      } catch {
        return "refused"
      }
    }
    for (const bounds of refused) expect([bounds, await attempt(bounds)]).toEqual([bounds, "refused"])
    for (const captured of [0n, 9n, 100n]) {
      expect(await attempt({ authorized, captured, refunded: captured })).toBe("written")
    }
    expect(await attempt({ authorized: largest, captured: largest, refunded: largest })).toBe("written")
  },
  ...forRivals(
    (what) => `refuse ${what}, whose version lies, for the history that is there`,
    async (store, { pretendVersion }, both) => {
      await pretendVersion(versionOf(both))
      expect(await outcome(store, both.second)).toBe("InvariantViolated")
      expect(await kept(store)).toBe(both.left)
    }
  ),
  ...forRivals(
    (what) => `refuse ${what} that is the same fact again, though version and history are forgotten`,
    async (store, { pretendVersion, forgetHistory }, both) => {
      await pretendVersion(versionOf(both))
      await forgetHistory()
      expect(await outcome(store, both.first)).toBe("InvariantViolated")
      expect(await kept(store)).toBe(both.left)
    }
  )
}

/** What the cases above would be worth if the switches did nothing. */
const noBelt: BeltCases = {
  ...forRivals(
    (what) => `lets ${what} through`,
    async (store, { pretendVersion, dropChecks, forgetHistory }, both) => {
      await dropChecks()
      await forgetHistory()
      await pretendVersion(versionOf(both))
      expect(await outcome(store, both.second)).toBe("Committed")
      expect(await kept(store)).toBe(both.left + (both.second.ledger[0]?.postings[0]?.amount.amount ?? 0n))
    }
  ),
  "lets a program write what it will": async (_, { overwriteBounds, dropChecks }) => {
    await dropChecks()
    await overwriteBounds(payment, { authorized, captured: 101n, refunded: 0n })
    await overwriteBounds(payment, { authorized, captured: 50n, refunded: 51n })
  }
}

/** Every case by the belt that holds in it, and its title. */
export const beltCases: { readonly [belt: string]: BeltCases } = {
  "the version alone": versionAlone,
  "the guarded write alone": guardAlone,
  "the constraints alone": constraintsAlone,
  "no belt at all": noBelt
}
