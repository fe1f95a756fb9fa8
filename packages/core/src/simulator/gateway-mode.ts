/** The ways in which the simulated gateway misbehaves on demand, for tests and for operators who rehearse trouble. */
import type * as Result from "effect/Result"
import { checkModeSetting, type ModeRejectionOf, type ModeSettingOf } from "./mode-setting.ts"

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

/** How calls are struck. */
export type ModeSetting = ModeSettingOf<GatewayMode>

export type ModeRejection = ModeRejectionOf<GatewayMode>

/**
 * A mode and rate as a setting, or what is wrong with them.
 *
 * @example
 * checkMode("late", 0.5) // => Result.succeed({ mode: "late", rate: 0.5 })
 * checkMode("late", 2) // => Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 })
 */
export const checkMode = (mode: string, rate: number): Result.Result<ModeSetting, ModeRejection> =>
  checkModeSetting(gatewayModes, mode, rate)

/** Whether a mode spoils look-ups; every other spoils the messages that move money. */
export const strikesLookups = (mode: GatewayMode): boolean => mode === "lookup-stale" || mode === "lookup-down"
