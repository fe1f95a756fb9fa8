/** How a simulated party is told to misbehave: in which way, and how often. */
import * as Result from "effect/Result"

/** `rate` is the probability, 0 to 1, with which a call is struck; the others pass as in `normal`. */
export type ModeSettingOf<Mode extends string> = { readonly mode: Mode; readonly rate: number }

export type ModeRejectionOf<Mode extends string> =
  | { readonly _tag: "ModeUnknown"; readonly modes: ReadonlyArray<Mode> }
  | { readonly _tag: "RateOutOfRange"; readonly min: 0; readonly max: 1 }

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkModeSetting(["normal", "late"], "late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 */
export const checkModeSetting = <Mode extends string>(
  modes: ReadonlyArray<Mode>,
  mode: string,
  rate: number
): Result.Result<ModeSettingOf<Mode>, ModeRejectionOf<Mode>> => {
  const known = modes.find((candidate) => candidate === mode)
  if (known === undefined) return Result.fail({ _tag: "ModeUnknown", modes })
  // NaN fails both comparisons, so the range is stated positively.
  if (!(rate >= 0 && rate <= 1)) return Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
  return Result.succeed({ mode: known, rate })
}
