/**
 * Many commits in one durable write. What arrives while a write is under way, or in the same turn of the event loop,
 * goes into the next one together; each gets its own answer, and none before that write is durable. The queue is
 * bounded: what does not fit is refused at once. Knows nothing of SQL.
 */

/** `busy`: nothing was written, because somebody else holds the database; the same batch may be tried again. */
export type WriteResult = "settled" | "busy"

/** Why a job was given back unwritten; after `failed` it is not known whether it was. */
export type GroupRefusal = "overloaded" | "busy" | "closed" | "failed"

export type GroupCommitOptions<Job> = {
  /** Writes a batch durably and answers each of its jobs, unless it is busy. */
  readonly write: (batch: ReadonlyArray<Job>) => WriteResult | Promise<WriteResult>
  /** Answers a job that is not written. */
  readonly refuse: (job: Job, reason: GroupRefusal) => void
  /** Writes under way at once. Default 1: what a database does one after the other anyway is better done together. */
  readonly writersMax?: number
  readonly limits?: Partial<GroupCommitLimits>
}

export type GroupCommitLimits = {
  /** Jobs in one write. Default 256. */
  readonly batchMax: number
  /** Jobs waiting for a write. Default 4096. */
  readonly waitingMax: number
  /** Busy answers in a row before a batch is refused. Default 200, which with the pauses is some ten seconds. */
  readonly busyRetriesMax: number
}

export type GroupCommit<Job> = {
  /** Every job is answered once: by `write` or by `refuse`. */
  readonly submit: (job: Job) => void
  /** Takes a job back that no write has begun with. Returns whether it could. */
  readonly withdraw: (job: Job) => boolean
  /** Refuses what comes from now on and ends when everything before it is answered. */
  readonly close: () => Promise<void>
}

export const groupCommitDefaults: GroupCommitLimits = { batchMax: 256, waitingMax: 4096, busyRetriesMax: 200 }

/** Fewer jobs than this are not worth being spread over several writes. */
const shareMin = 8

/** Doubles from 2 ms, to 50 ms at most: other writers rarely need longer, and callers are waiting. */
const busyPauseMs = (busyAnswers: number): number => Math.min(50, 2 ** Math.min(busyAnswers, 6))

/**
 * A queue in front of a durable write.
 *
 * @example
 * const sizes: Array<number> = []
 * const write = (batch: ReadonlyArray<string>): WriteResult => (sizes.push(batch.length), "settled")
 * const group = groupCommit({ write, refuse: (job, reason) => fail(job, reason) })
 * for (const job of ["a", "b", "c"]) group.submit(job)
 * await group.close()
 * sizes // => [3]
 */
export const groupCommit = <Job>(options: GroupCommitOptions<Job>): GroupCommit<Job> => {
  const { batchMax, waitingMax, busyRetriesMax } = { ...groupCommitDefaults, ...options.limits }
  const writersMax = options.writersMax ?? 1
  let waiting: Array<Job> = []
  let writers = 0
  let inWriting = 0
  let isStartDue = false
  let closed = false
  let busyAnswers = 0
  const whenIdle: Array<() => void> = []

  /** The next write waits for the end of this turn of the event loop, so that all callers of the turn share it. */
  const startSoon = (): void => {
    if (isStartDue) return
    isStartDue = true
    setImmediate(start)
  }

  const start = (): void => {
    isStartDue = false
    while (isWorthAWrite()) void writeNext(waiting.splice(0, share()))
    if (isIdle()) for (const tell of whenIdle.splice(0)) tell()
  }

  /** Beside writes that are under way a small one would only leave less to share. */
  const isWorthAWrite = (): boolean =>
    waiting.length > 0 && writers < writersMax && waiting.length * 2 >= inWriting / Math.max(1, writers)

  /** What waits is spread over the writers that are free. */
  const share = (): number => Math.min(batchMax, Math.max(shareMin, Math.ceil(waiting.length / (writersMax - writers))))

  const isIdle = (): boolean => waiting.length + writers === 0 && !isStartDue

  const writeNext = async (batch: ReadonlyArray<Job>): Promise<void> => {
    writers += 1
    inWriting += batch.length
    const result = await attempt(options.write, batch)
    writers -= 1
    inWriting -= batch.length
    busyAnswers = result === "busy" ? busyAnswers + 1 : 0
    if (result === "busy" && busyAnswers <= busyRetriesMax) {
      waiting = [...batch, ...waiting]
      isStartDue = true
      setTimeout(start, busyPauseMs(busyAnswers))
      return
    }
    busyAnswers = 0
    if (result !== "settled") for (const job of batch) options.refuse(job, result)
    startSoon()
  }

  return {
    submit: (job) => {
      if (closed) return options.refuse(job, "closed")
      if (waiting.length >= waitingMax) return options.refuse(job, "overloaded")
      waiting.push(job)
      startSoon()
    },
    withdraw: (job) => {
      const place = waiting.indexOf(job)
      if (place !== -1) waiting.splice(place, 1)
      return place !== -1
    },
    close: () => {
      closed = true
      return isIdle() ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))
    }
  }
}

const attempt = async <Job>(
  write: GroupCommitOptions<Job>["write"],
  batch: ReadonlyArray<Job>
): Promise<WriteResult | "failed"> => {
  try {
    return await write(batch)
  } catch {
    return "failed"
  }
}
