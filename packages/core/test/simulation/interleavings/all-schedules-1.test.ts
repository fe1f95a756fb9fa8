import { expect, it } from "vitest"
import { allSchedules, deep } from "./all-schedules.ts"

// Two files of schedules, for as many cores.
const names = ["no payment", "an authorized payment", "a captured payment"]

it(
  "no schedule of two clients leaves anything wrong behind, wherever a process dies",
  async () => {
    const { schedules, struck } = await allSchedules(names, console.log)
    expect(schedules).toBeGreaterThan(deep ? 100_000 : 1900)
    expect(struck).toBeGreaterThan(schedules / 3)
  },
  deep ? 7_200_000 : 300_000
)
