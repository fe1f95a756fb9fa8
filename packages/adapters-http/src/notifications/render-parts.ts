/** How messages in the kernel's own words spell amounts and moments. */
import type { Money } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"

export const amount = (money: Money) => ({ amount: MoneyRoom.format(money), currency: money.currency })

export const moment = (ms: number): string => new Date(ms).toISOString()

export const momentOrNull = (ms: number | null): string | null => (ms === null ? null : moment(ms))

/** A state that something is in: what does not exist is told to nobody. */
export const existing = <Status extends string>(status: Status): Exclude<Status, "none"> => {
  if (status === "none") throw new Error("what does not exist cannot be told of")
  return status as Exclude<Status, "none">
}
