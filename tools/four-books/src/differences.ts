/** What books disagree in, as sentences. None: they agree. */
export type Differences = ReadonlyArray<string>

export const when = (broken: boolean, difference: string): Differences => (broken ? [difference] : [])
