/** The ways in which the simulated gateway misbehaves on demand, for tests and for operators who rehearse trouble. */
import * as Result from "effect/Result"

/**
 * `normal` · `drop-before`: the request is lost · `execute-drop`: executed, the reply is lost · `error-before`: 5xx,
 * not executed · `error-after`: executed, then 5xx · `late`: no reply, executed a while later · `duplicate-reply`: the
 * verdict arrives twice · `garbage`: executed or not, the reply is unreadable · `wrong-echo`: executed, the reply
 * names another amount · `lookup-stale`: look-ups do not see what is younger than their lag · `lookup-down`: none.
 */
export const gatewayModes = [
  "normal",
  "drop-before",
  "execute-drop",
  "error-before",
  "error-after",
  "late",
  "duplicate-reply",
  "garbage",
  "wrong-echo",
  "lookup-stale",
  "lookup-down"
] as const

export type GatewayMode = (typeof gatewayModes)[number]

/** `rate` is the probability, 0 to 1, with which a call is struck; the others pass as in `normal`. */
export type ModeSetting = { readonly mode: GatewayMode; readonly rate: number }

export type ModeRejection =
  | { readonly _tag: "ModeUnknown"; readonly modes: ReadonlyArray<GatewayMode> }
  | { readonly _tag: "RateOutOfRange"; readonly min: 0; readonly max: 1 }

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkMode("late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 * checkMode("late", 2) // => Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
 */
export const checkMode = (mode: string, rate: number): Result.Result<ModeSetting, ModeRejection> => {
  const known = gatewayModes.find((candidate) => candidate === mode)
  if (known === undefined) return Result.fail({ _tag: "ModeUnknown", modes: gatewayModes })
  // NaN fails both comparisons, so the range is stated positively.
  if (!(rate >= 0 && rate <= 1)) return Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
  return Result.succeed({ mode: known, rate })
}

/** Whether a mode spoils look-ups; every other spoils the messages that move money. */
export const strikesLookups = (mode: GatewayMode): boolean => mode === "lookup-stale" || mode === "lookup-down"
