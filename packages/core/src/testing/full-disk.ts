/** A journal whose disk is full from now and then on: what is written then is refused. */

type AnyJournal<Line> = {
  readonly read: () => ReadonlyArray<Line>
  readonly append: (record: Line) => Promise<void>
}

/** `disk.isFull` is the test's to set. What was written before can be read all the time. */
export const onDisk = <Line>(memory: AnyJournal<Line>, isFull: boolean) => {
  const disk = { isFull }
  const journal: AnyJournal<Line> = {
    read: memory.read,
    append: (record) => (disk.isFull ? Promise.reject(new Error("disk full")) : memory.append(record))
  }
  return { disk, journal }
}
