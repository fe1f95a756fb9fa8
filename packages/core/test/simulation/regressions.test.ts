/** Schedules that once failed, shrunk to what their failure needed, each by the name of what it found. */
import { parseSchedule, replay } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"

const schedules: { readonly [name: string]: string } = {
  // Clocks of two processes differ, so the second success is found at the very millisecond of the first. Its task had the
  // name of the one that was done, and what the bank held stayed there for ever. Seed 417.
  "a late success that is found again at the same time by another clock": `
{"seed":417,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":true,"clocks":true}}
skew 592206137 3000 1000
pay 368801070 3000 1000
skew 763416402 3000 1000
lie 309281590 21 5
fineWeather 727342766 3000 1000
lie 1044105491 3000 1000`
}

describe("what a schedule has found once", () => {
  it.each(Object.entries(schedules))("stays found: %s", async (_, text) => {
    expect((await replay(parseSchedule(text))).problems).toEqual([])
  })
})
