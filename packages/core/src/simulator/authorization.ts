/**
 * One approved authorization at the simulated bank, and the bounds that hold for it whatever a kernel sends: captured
 * once and no more than authorized, refunded no more than captured, nothing after it was voided.
 */
import type { AttemptKind } from "../attempt/attempt.ts"
import { type Money, money } from "../money/index.ts"

/** Amounts in minor units of the authorized currency. Replaced as a whole by every effect. */
export type Authorization = {
  readonly merchantId: string
  readonly authorized: Money
  readonly captured: bigint
  readonly refunded: bigint
  readonly voided: boolean
  /** Undone under its own key, which is for ever. */
  readonly reversed: boolean
}

export type FollowUp = Exclude<AttemptKind, "authorize">

/**
 * An authorization as it starts; `capture` takes it all in the same message.
 *
 * @example
 * openAuthorization("m", money(500n, "USD"), true).captured // => 500n
 */
export const openAuthorization = (merchantId: string, authorized: Money, capture: boolean): Authorization => ({
  merchantId,
  authorized,
  captured: capture ? authorized.amount : 0n,
  refunded: 0n,
  voided: false,
  reversed: false
})

/**
 * Why a capture, void or refund of this many minor units is declined, or `undefined` where it keeps the bounds.
 *
 * @example
 * refusal(openAuthorization("m", money(500n, "USD"), false), "capture", 501n) // => "payment_failed"
 */
export const refusal = (
  authorization: Authorization,
  kind: FollowUp,
  amount: bigint
): "payment_canceled" | "payment_failed" | undefined => {
  if (authorization.voided || authorization.reversed) return "payment_canceled"
  return keepsBounds(authorization, kind, amount) ? undefined : "payment_failed"
}

const keepsBounds = (authorization: Authorization, kind: FollowUp, amount: bigint): boolean => {
  switch (kind) {
    case "capture":
      return authorization.captured === 0n && amount <= authorization.authorized.amount
    case "void":
      return authorization.refunded === 0n
    case "refund":
      return authorization.refunded + amount <= authorization.captured
  }
}

export const withEffect = (authorization: Authorization, kind: FollowUp, amount: bigint): Authorization => {
  switch (kind) {
    case "capture":
      return { ...authorization, captured: amount }
    case "void":
      return { ...authorization, voided: true }
    case "refund":
      return { ...authorization, refunded: authorization.refunded + amount }
  }
}

export const withoutEffect = (authorization: Authorization, kind: AttemptKind, amount: bigint): Authorization => {
  switch (kind) {
    case "authorize":
      return { ...authorization, reversed: true }
    case "capture":
      return { ...authorization, captured: 0n }
    case "void":
      return { ...authorization, voided: false }
    case "refund":
      return { ...authorization, refunded: authorization.refunded - amount }
  }
}

/**
 * How much of an effect can still be undone. `undefined`: nothing, because something later undid it. `"refused"`:
 * taking back a capture of which a part was refunded would leave more refunded than captured.
 */
export const undoable = (
  authorization: Authorization,
  kind: AttemptKind,
  amount: bigint
): Money | "refused" | undefined => {
  const { currency } = authorization.authorized
  if (authorization.reversed) return undefined
  if (kind === "void") return money(amount, currency)
  if (authorization.voided) return undefined
  if (kind === "refund") return money(amount, currency)
  if (kind === "capture") return authorization.refunded > 0n ? "refused" : money(amount, currency)
  if (authorization.captured === 0n) return authorization.authorized
  const left = authorization.captured - authorization.refunded
  return left === 0n ? undefined : money(left, currency)
}
