/** Whether the enumeration is what it says: it finds what is wrong, and what it leaves out is nothing new. */
import type { CardGateway, Commit, Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { deep } from "./all-schedules.ts"
import { meetingsFrom, searchAll } from "./every-schedule.ts"
import type { Reach } from "./small-world.ts"
import { startingPoints } from "./starting-points.ts"

const points = await startingPoints()

const depth = deep ? 5 : 2

const newSearch = () => ({ situations: 0, judged: 0, manual: 0, edges: new Set<string>() })

const meetings = (from: string) => points.filter(({ name }) => name === from).flatMap(meetingsFrom)

type Own = Store["Service"]

/** A store that writes over whatever it finds. */
const overwriting = (own: Own, isStruck: (commit: Commit) => boolean): Own => ({
  ...own,
  commit: (commit) =>
    Effect.catchTag(own.commit(commit), "VersionConflict", (conflict) =>
      isStruck(commit)
        ? Effect.flatMap(own.load(conflict.ref), (now) => {
            const expectedVersion = now?.version ?? 0
            return own.commit({ ...commit, aggregates: commit.aggregates.map((one) => ({ ...one, expectedVersion })) })
          })
        : Effect.fail(conflict)
    )
})

/** A store that lets anybody write in the name of a task. */
const fenceless = (own: Own): Own => ({
  ...own,
  commit: (commit) => Effect.catchTag(own.commit(commit), "LeaseLost", () => own.commit({ ...commit, lease: null }))
})

/** A store that keeps no keys. */
const forgetful = (own: Own): Own => ({ ...own, commit: (commit) => own.commit({ ...commit, idempotency: null }) })

/** A bank that is given a new key whenever the same message goes out again. */
const newKeys = (own: CardGateway["Service"]): CardGateway["Service"] => {
  const sent = new Set<string>()
  return {
    ...own,
    send: (operation, timeoutMs) => {
      const key = sent.has(operation.key) ? `${operation.key}-again` : operation.key
      sent.add(operation.key)
      return own.send({ ...operation, key }, timeoutMs)
    }
  }
}

type Fault = {
  readonly fault: string
  readonly reach: Reach
  readonly from: string
  readonly between: readonly [string, string]
  readonly found: RegExp
}

const faults: ReadonlyArray<Fault> = [
  {
    fault: "versions are not checked",
    reach: { store: (own) => overwriting(own, () => true) },
    from: "a captured payment",
    between: ["refund", "void"],
    found: /^I5: payment \S+: written over version/u
  },
  {
    fault: "versions are not checked of what a task writes",
    reach: { store: (own) => overwriting(own, ({ lease }) => lease !== null) },
    from: "an authorized payment",
    between: ["capture", "expiry"],
    found: /^I5: payment \S+: written over version/u
  },
  {
    fault: "fences are not checked",
    reach: { store: fenceless },
    from: "an authorized payment",
    between: ["capture", "capture"],
    found: /^FENCE: \S+ is written by holder/u
  },
  {
    fault: "keys are not kept",
    reach: { store: forgetful },
    from: "no payment",
    between: ["authorize", "authorize"],
    found: /^I7: the key key-a is bound twice/u
  },
  {
    fault: "a message that goes out again has a new key",
    reach: { gateway: newKeys },
    from: "an authorized payment",
    between: ["capture", "void"],
    found: /^TRUTH: /u
  }
]

const stepsMax = 7

describe("every schedule", () => {
  it.each(faults)("finds that $fault", async ({ reach, from, between, found }) => {
    const [meeting] = meetings(from).filter(({ wishes }) => wishes.every(({ name }, at) => name === between[at]))
    if (meeting === undefined) throw new Error("no such meeting")
    const searchUntilFound = async (): Promise<void> => {
      for (let depth = 1; depth <= stepsMax; depth++) {
        await searchAll(meeting, { depth, reach }, newSearch())
      }
    }
    await expect(searchUntilFound()).rejects.toThrow(found)
    // It is not the enumeration that is at fault.
    await searchAll(meeting, { depth: 4 }, newSearch())
  })

  it.each(points.map(({ name }) => name))("goes on alike where it is taken for the same, from %s", async (from) => {
    for (const meeting of meetings(from)) {
      const [brief, whole] = [newSearch(), newSearch()]
      const counted = await searchAll(meeting, { depth }, brief)
      expect(await searchAll(meeting, { depth, everyOne: true }, whole)).toEqual(counted)
      expect(whole.judged).toBe(counted.schedules)
      expect(brief.judged).toBeLessThanOrEqual(whole.judged)
      expect([...brief.edges].sort()).toEqual([...whole.edges].sort())
    }
  })
})
