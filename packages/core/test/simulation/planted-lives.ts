/** Defects planted in whole simulated lives, one at a time, and the first seed that shows one. */
import type { KernelOptions } from "@paykernel/core"
import type { Commit, Store } from "@paykernel/core/effect"
import { type Invariant, type Planting, type SimulationResult, simulate } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"

export type PlantedDefect = {
  readonly title: string
  /** What is said of it; any one of these. */
  readonly as: ReadonlyArray<Invariant>
  /** Earlier seeds are known to show nothing of it. Default: the first seed of its kind of life. */
  readonly from?: number
  readonly planting: () => Planting
}

export type KindOfLife = {
  readonly kind: "intents" | "payouts"
  /** Every tenth seed from the first on is such a life. */
  readonly firstSeed: number
  readonly lastSeed: number
}

type StoreService = Store["Service"]

export const eachIsNoticed = (defects: ReadonlyArray<PlantedDefect>, lives: KindOfLife): void => {
  it.each(defects)("$title", async ({ as, from = lives.firstSeed, planting }) => {
    const [first] = (await firstNoticed(planting, { ...lives, firstSeed: from }))?.problems ?? []
    expect(as, first?.what ?? "nothing was noticed").toContain(first?.invariant)
  })
}

/** With a store that commits otherwise. */
export const committing =
  (commit: (own: StoreService, one: Commit) => ReturnType<StoreService["commit"]>): (() => Planting) =>
  () => ({
    plant: (own: KernelOptions) => ({
      ...own,
      store: { ...own.store, commit: (one: Commit) => commit(own.store, one) }
    })
  })

/** Aggregates of one type are written before what was decided with them. */
export const writtenApart = (type: string): (() => Planting) =>
  committing((own, one) => {
    const apart = one.aggregates.filter(({ ref }) => ref.type === type)
    const others = one.aggregates.filter(({ ref }) => ref.type !== type)
    if (apart.length === 0 || others.length === 0) return own.commit(one)
    const first = { ...one, aggregates: apart, tasks: [], ledger: [], idempotency: null, lease: null }
    return Effect.andThen(own.commit(first), own.commit({ ...one, aggregates: others }))
  })

const firstNoticed = async (
  planting: () => Planting,
  { kind, firstSeed, lastSeed }: KindOfLife
): Promise<SimulationResult | undefined> => {
  for (let seed = firstSeed; seed <= lastSeed; seed += 10) {
    const result = await simulate({ seed, [kind]: true, ...planting() })
    if (result.problems.length > 0) return result
  }
  return undefined
}
