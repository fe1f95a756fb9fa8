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
  readonly figures: string
}

/** Throws at the first schedule that goes wrong, with all that it takes to see it again. */
export const allSchedules = async (names: ReadonlyArray<string>): Promise<AllSchedules> => {
  const sum = { schedules: 0, struck: 0, deaths: 0 }
  const edges = new Set<string>()
  const lines: Array<string> = []
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
    lines.push(
      `from ${from.name}: ${meetings.length} meetings of two clients, ${countsOf(here)}, ` +
        `${search.situations} situations that differ, ${search.judged} ends (${search.manual} left to a person)`
    )
  }
  const title = `all schedules of ${depth} steps: ${countsOf(sum)}, ${edges.size} edges of machines taken`
  return { ...sum, figures: [title, ...lines].join("\n") }
}

const countsOf = ({ schedules, struck, deaths }: Omit<AllSchedules, "figures">): string =>
  `${schedules} schedules, ${struck} of them with a crash, ${deaths} crashes`
