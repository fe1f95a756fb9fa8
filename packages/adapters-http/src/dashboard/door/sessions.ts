/**
 * Who is signed in. A session is known by the digest of a random token, so that whoever reads the register can sign in
 * as nobody. The register in memory serves one process; several that share visitors share a register of the host's,
 * which is a table with the digest as its key.
 */

export type SessionRecord = {
  /** Of the token in the cookie: SHA-256 in base64, 44 characters. Unique. */
  readonly digest: string
  readonly email: string
  /** Of the password hash at sign-in: a session does not outlive its password. */
  readonly passwordMark: string
  readonly startedAtMs: number
  /** The latest request, to the minute. */
  readonly seenAtMs: number
}

/** What is answered has been kept. Records whose time is over may be removed whenever that suits. */
export type Sessions = {
  readonly find: (digest: string) => Promise<SessionRecord | undefined>
  readonly begin: (record: SessionRecord) => Promise<void>
  /** Notes a request of a session. One that has ended stays ended. */
  readonly seen: (digest: string, nowMs: number) => Promise<void>
  readonly end: (digest: string) => Promise<void>
}

export type MemorySessionsOptions = {
  /** Default 10 000. */
  readonly sessionsMax?: number
  /** Of one account. Default 20. */
  readonly perAccountMax?: number
}

/** Sessions of one process. Where there is no more room, the one that has not been seen for longest ends. */
export const memorySessions = (options: MemorySessionsOptions = {}): Sessions => {
  const { sessionsMax = 10_000, perAccountMax = 20 } = options
  // In the order in which they were seen.
  const byDigest = new Map<string, SessionRecord>()
  const makeRoom = (records: ReadonlyArray<SessionRecord>, max: number): void => {
    for (const { digest } of records.slice(0, Math.max(0, records.length - max))) byDigest.delete(digest)
  }
  return {
    find: async (digest) => byDigest.get(digest),
    begin: async (record) => {
      byDigest.set(record.digest, record)
      const ofAccount = [...byDigest.values()].filter(({ email }) => email === record.email)
      makeRoom(ofAccount, perAccountMax)
      makeRoom([...byDigest.values()], sessionsMax)
    },
    seen: async (digest, nowMs) => {
      const record = byDigest.get(digest)
      if (record === undefined) return
      byDigest.delete(digest)
      byDigest.set(digest, { ...record, seenAtMs: nowMs })
    },
    end: async (digest) => void byDigest.delete(digest)
  }
}
