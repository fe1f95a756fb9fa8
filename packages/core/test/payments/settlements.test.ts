/** Settlements of nothing, and of payments that somebody else is always writing. */
import { settle } from "@paykernel/core/effect"
import { describe, expect, it } from "vitest"
import { bareDesk, contend } from "../bare-desk.ts"
import { paid } from "../bare-payments.ts"
import { merchantId } from "../kernel-world.ts"

describe("a settlement of nothing", () => {
  it("is looked for once", async () => {
    const desk = await bareDesk()
    const looks: Array<unknown> = []
    desk.instead.list = (query) => {
      looks.push(query.where)
      return desk.own.list(query)
    }
    expect(await desk.run(settle(desk.directory, merchantId))).toEqual([])
    expect(await desk.run(settle(desk.directory, "nobody"))).toEqual([])
    // And for nothing else, however much else there is.
    expect(looks).toEqual([{ awaiting: "settlement" }])
  })
})

describe("a settlement of payments that somebody else is always writing", () => {
  it.each([
    ["is made once they let it", 8, 1],
    ["is left to the next one after nine times", 9, 0]
  ])("%s", async (_, conflicts, batches) => {
    const desk = await bareDesk()
    await paid(desk)
    contend(desk, conflicts)
    expect(await desk.run(settle(desk.directory, merchantId))).toHaveLength(batches)
  })
})
