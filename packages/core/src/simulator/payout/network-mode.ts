/** The ways in which the simulated payout network and its chains misbehave on demand, for tests and rehearsals. */
import type * as Result from "effect/Result"
import { checkModeSetting, type ModeRejectionOf, type ModeSettingOf } from "../mode-setting.ts"

/**
 * `normal` · `down`: nobody is reached, nothing happens · `drop-before`: a message is lost · `execute-drop`: executed, the
 * answer is lost · `late`: no answer, executed a while later · `duplicate`: a message arrives twice · `stale`: look-ups see
 * everything as it was a while ago.
 */
export const networkModes = ["normal", "down", "drop-before", "execute-drop", "late", "duplicate", "stale"] as const

export type NetworkMode = (typeof networkModes)[number]

/** How calls are struck. */
export type NetworkModeSetting = ModeSettingOf<NetworkMode>

export type NetworkModeRejection = ModeRejectionOf<NetworkMode>

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkNetworkMode("late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 * checkNetworkMode("late", 2) // => Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
 */
export const checkNetworkMode = (mode: string, rate: number): Result.Result<NetworkModeSetting, NetworkModeRejection> =>
  checkModeSetting(networkModes, mode, rate)
