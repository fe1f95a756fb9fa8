/** All schedules from some starting points, counted, with a line for each. */
import { meetingsFrom, searchAll } from "./every-schedule.ts"
import { startingPoints } from "./starting-points.ts"

export const deep = process.env["PAYKERNEL_DEEP"] === "1"

/** Eight steps are two operations that meet in every way; four show that all of it still works. */
export const depth = deep ? 8 : 4

export type AllSchedules = {
  readonly schedules: number
  readonly struck: number
  readonly deaths: number
}

/**
 * Throws at the first schedule that goes wrong, with all that it takes to see it again. Each starting point's line is
 * said as soon as it is done with, since eight steps from all of them take long.
 */
export const allSchedules = async (
  names: ReadonlyArray<string>,
  say: (line: string) => void
): Promise<AllSchedules> => {
  const sum = { schedules: 0, struck: 0, deaths: 0 }
  const edges = new Set<string>()
  for (const from of await startingPoints()) {
    if (!names.includes(from.name)) continue
    const here = { schedules: 0, struck: 0, deaths: 0 }
    const search = { situations: 0, judged: 0, manual: 0, edges }
    const meetings = meetingsFrom(from)
    for (const meeting of meetings) {
      const { schedules, calm, deaths } = await searchAll(meeting, { depth }, search)
      here.schedules += schedules
      here.struck += schedules - calm
      here.deaths += deaths
    }
    sum.schedules += here.schedules
    sum.struck += here.struck
    sum.deaths += here.deaths
    say(
      `from ${from.name}: ${meetings.length} meetings of two clients, ${countsOf(here)}, ` +
        `${search.situations} situations that differ, ${search.judged} ends (${search.manual} left to a person)`
    )
  }
  say(`all schedules of ${depth} steps: ${countsOf(sum)}, ${edges.size} edges of machines taken`)
  return sum
}

const countsOf = ({ schedules, struck, deaths }: AllSchedules): string =>
  `${schedules} schedules, ${struck} of them with a crash, ${deaths} crashes`
