/** The ways in which the simulated chains misbehave on demand, for tests and for operators who rehearse trouble. */
import * as Result from "effect/Result"

/**
 * `normal` · `down`: nobody is reached, nothing happens · `drop-before`: a transfer's request is lost · `execute-drop`:
 * executed, the answer is lost · `late`: no answer, executed a while later · `stale`: looks see the chain as it was a
 * while ago · `restless`: before a look the newest blocks are replaced, and what was in them moves or is gone for a while.
 */
export const chainModes = ["normal", "down", "drop-before", "execute-drop", "late", "stale", "restless"] as const

export type ChainMode = (typeof chainModes)[number]

/** `rate` is the probability, 0 to 1, with which a call is struck; the others pass as in `normal`. */
export type ChainModeSetting = { readonly mode: ChainMode; readonly rate: number }

export type ChainModeRejection =
  | { readonly _tag: "ModeUnknown"; readonly modes: ReadonlyArray<ChainMode> }
  | { readonly _tag: "RateOutOfRange"; readonly min: 0; readonly max: 1 }

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkChainMode("late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 * checkChainMode("late", 2) // => Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
 */
export const checkChainMode = (mode: string, rate: number): Result.Result<ChainModeSetting, ChainModeRejection> => {
  const known = chainModes.find((candidate) => candidate === mode)
  if (known === undefined) return Result.fail({ _tag: "ModeUnknown", modes: chainModes })
  // NaN fails both comparisons, so the range is stated positively.
  if (!(rate >= 0 && rate <= 1)) return Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
  return Result.succeed({ mode: known, rate })
}
