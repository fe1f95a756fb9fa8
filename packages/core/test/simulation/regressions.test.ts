/** What the simulation has found once is run again each time. */
import { parseSchedule, replay } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"
import { schedules } from "./found-schedules.ts"

describe("what a schedule has found once", () => {
  it.each(Object.entries(schedules))("stays found: %s", async (_, text) => {
    expect((await replay(parseSchedule(text))).problems).toEqual([])
  })
})
