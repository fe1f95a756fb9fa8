/** The ways in which the simulated chains misbehave on demand, for tests and for operators who rehearse trouble. */
import type * as Result from "effect/Result"
import { checkModeSetting, type ModeRejectionOf, type ModeSettingOf } from "../mode-setting.ts"

/**
 * `normal` · `down`: nobody is reached, nothing happens · `drop-before`: a transfer's request is lost · `execute-drop`:
 * executed, the answer is lost · `late`: no answer, executed a while later · `stale`: looks see the chain as it was a
 * while ago · `restless`: before a look the newest blocks are replaced, and what was in them moves or is gone for a while.
 */
export const chainModes = ["normal", "down", "drop-before", "execute-drop", "late", "stale", "restless"] as const

export type ChainMode = (typeof chainModes)[number]

/** How calls are struck. */
export type ChainModeSetting = ModeSettingOf<ChainMode>

export type ChainModeRejection = ModeRejectionOf<ChainMode>

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkChainMode("late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 * checkChainMode("late", 2) // => Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
 */
export const checkChainMode = (mode: string, rate: number): Result.Result<ChainModeSetting, ChainModeRejection> =>
  checkModeSetting(chainModes, mode, rate)
