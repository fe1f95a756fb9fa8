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

const busyPauseMaxMs = 50

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
  let waiting: Array<Job> = []
  let active = false
  let closed = false
  let busyAnswers = 0
  let whenIdle: Array<() => void> = []

  const refuseAll = (batch: ReadonlyArray<Job>, reason: GroupRefusal): void => {
    for (const job of batch) options.refuse(job, reason)
  }

  const step = (): void => {
    const batch = waiting.splice(0, batchMax)
    let result: WriteResult | Promise<WriteResult>
    try {
      result = batch.length === 0 ? "settled" : options.write(batch)
    } catch {
      failed(batch)
      return
    }
    if (typeof result === "string") written(batch, result)
    else
      result.then(
        (later) => written(batch, later),
        () => failed(batch)
      )
  }

  const written = (batch: ReadonlyArray<Job>, result: WriteResult): void => {
    busyAnswers = result === "busy" ? busyAnswers + 1 : 0
    if (busyAnswers > 0 && busyAnswers <= busyRetriesMax) {
      waiting = [...batch, ...waiting]
      setTimeout(step, Math.min(busyPauseMaxMs, 2 ** Math.min(busyAnswers, 6)))
      return
    }
    if (busyAnswers > 0) refuseAll(batch, "busy")
    busyAnswers = 0
    proceed()
  }

  const failed = (batch: ReadonlyArray<Job>): void => {
    refuseAll(batch, "failed")
    proceed()
  }

  /** The next write waits for the end of this turn of the event loop, so that all callers of the turn share it. */
  const proceed = (): void => {
    if (waiting.length > 0) {
      setImmediate(step)
      return
    }
    active = false
    const idle = whenIdle
    whenIdle = []
    for (const tell of idle) tell()
  }

  return {
    submit: (job) => {
      if (closed) return options.refuse(job, "closed")
      if (waiting.length >= waitingMax) return options.refuse(job, "overloaded")
      waiting.push(job)
      if (active) return
      active = true
      setImmediate(step)
    },
    withdraw: (job) => {
      const place = waiting.indexOf(job)
      if (place !== -1) waiting.splice(place, 1)
      return place !== -1
    },
    close: () => {
      closed = true
      return active ? new Promise((resolve) => whenIdle.push(resolve)) : Promise.resolve()
    }
  }
}
