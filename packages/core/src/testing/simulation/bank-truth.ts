/** What the bank really did, folded from its own book and from nothing else. */
import type { BankRecord, Executed } from "../../simulator/journal.ts"

export type BankTruth = {
  /** Takes in what the bank has written since the last time. Answers what is wrong with that by itself. */
  readonly read: () => ReadonlyArray<string>
  /** The approved execution under a key whose effect has not been undone. */
  readonly standing: (key: string) => Executed | undefined
  /** Every execution, approved or not, by key. */
  readonly executions: ReadonlyMap<string, Executed>
  readonly effects: ReadonlyMap<string, Executed>
  /** Whether nothing moves under a key any more: it was executed, or reversed before it came. */
  readonly isDecided: (key: string) => boolean
  /** Whether the payer has proved, without a challenge or in one, that he is who he is. */
  readonly isAuthenticated: (authenticationKey: string) => boolean
  readonly challenges: ReadonlyMap<string, ChallengeFact>
}

type ChallengeFact = {
  readonly key: string
  readonly returnUrl: string
  readonly challengeId: string | null
  isAnswered: boolean
}

export const bankTruth = (journal: { readonly read: () => ReadonlyArray<BankRecord> }): BankTruth => {
  const executions = new Map<string, Executed>()
  const effects = new Map<string, Executed>()
  const poisoned = new Set<string>()
  const passed = new Set<string>()
  const challenges = new Map<string, ChallengeFact>()
  let at = 0

  const take = (record: BankRecord): ReadonlyArray<string> => {
    switch (record.record) {
      case "executed":
        return execute(record)
      case "reversed":
        effects.delete(record.operationKey)
        return []
      case "authentication_decided": {
        if (record.result === "passed") passed.add(record.key)
        const { key, returnUrl } = record
        challenges.set(key, { key, returnUrl, challengeId: record.challenge?.id ?? null, isAnswered: false })
        return []
      }
      case "challenge_answered":
        for (const challenge of challenges.values()) {
          if (challenge.challengeId !== record.challengeId) continue
          challenge.isAnswered = true
          if (record.answer === "approved") passed.add(challenge.key)
        }
        return []
      case "poisoned":
        poisoned.add(record.operationKey)
        return []
      case "transfer_awaited":
        return []
    }
  }
  const execute = (record: Executed): ReadonlyArray<string> => {
    const again = executions.get(record.operationKey)?.outcome === "approved"
    executions.set(record.operationKey, record)
    if (record.outcome !== "approved") return []
    effects.set(record.operationKey, record)
    const twin = record.kind === "authorize" && [...effects.values()].some((other) => isTwin(record, other))
    return [
      ...(again ? [`the key ${record.operationKey} was executed twice`] : []),
      ...(twin ? [`the payment ${record.paymentId} is authorized twice at the bank`] : [])
    ]
  }
  return {
    read: () => {
      const records = journal.read()
      const problems: Array<string> = []
      for (; at < records.length; at++) {
        const record = records[at]
        if (record !== undefined) problems.push(...take(record))
      }
      return problems
    },
    standing: (key) => effects.get(key),
    executions,
    effects,
    isDecided: (key) => executions.has(key) || poisoned.has(key),
    isAuthenticated: (key) => passed.has(key),
    challenges
  }
}

const isTwin = (one: Executed, other: Executed): boolean =>
  other.kind === "authorize" && other.paymentId === one.paymentId && other.operationKey !== one.operationKey

/** Minor units of an amount in the bank's book, which has decimal texts of two places. */
export const minorUnits = ({ amount }: Pick<Executed, "amount">): bigint => BigInt(amount.replace(".", ""))
