import type { Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { live } from "./metamorphic-life.ts"
import { type Disturbance, disturbanceKinds, disturbances, type Story, story } from "./metamorphic-story.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

describe("what comes in between", () => {
  it(
    "changes nothing about what is true in the end: requests repeated, looks taken, processes killed and replaced",
    async () => {
      const came = new Map<Disturbance["what"], number>(disturbanceKinds.map((what) => [what, 0]))
      let stories = 0
      const same = fc.asyncProperty(story, disturbances, fc.nat(), fc.nat(), async (told, between, one, other) => {
        const plain = await live(told, [], one)
        const disturbed = await live(told, between, other)
        stories++
        for (const what of disturbed.struck) came.set(what, (came.get(what) ?? 0) + 1)
        expect(plain.problems).toEqual([])
        expect(disturbed.problems).toEqual([])
        expect(disturbed.truth).toEqual(plain.truth)
      })
      await fc.assert(same, { numRuns: deep ? 10_000 : 150 })
      const counts = [...came].map(([what, times]) => `${times} × ${what}`)
      console.log(`${stories} stories lived without and with what comes in between: ${counts.join(", ")}`)
      for (const [what, times] of came) expect(times, what).toBeGreaterThan(0)
    },
    deep ? 3_600_000 : 120_000
  )

  it("would be seen if it did: a store that forgets its keys lets a payment be made twice", async () => {
    const forgetful = (store: Store["Service"]): Store["Service"] => ({
      ...store,
      idempotencyRecord: () => Effect.succeed(undefined),
      commit: (commit) => store.commit({ ...commit, idempotency: null })
    })
    const told: Story = { moves: [{ do: "pay", minor: 1000n, captured: true, payer: null }], nodes: 1, seed: 1 }
    const twice: Disturbance = { move: 0, after: 30, what: "duplicate", nth: 1 }
    const plain = await live(told, [], 1, { reach: forgetful })
    const disturbed = await live(told, [twice], 1, { reach: forgetful })
    expect(plain.truth).toContain("1 payments, 1 effects at the bank")
    expect(disturbed.truth).toContain("2 payments, 2 effects at the bank")
  })
})
