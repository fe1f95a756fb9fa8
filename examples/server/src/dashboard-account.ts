/**
 * Who may sign in to the dashboard: one account, of the first demo merchant. Whoever names no password gets one that is
 * made at the first start, and kept in a file of its owner alone like the API key.
 */
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { type Accounts, accountEmail, hashPassword } from "@paykernel/adapters-http/dashboard"
import * as Redacted from "effect/Redacted"
import { privateFile } from "./private-file.ts"
import type { Environment, SettingsProblem } from "./settings.ts"

export type DashboardSetting = {
  readonly email: string
  /** `null`: the server makes one and keeps it. */
  readonly password: Redacted.Redacted<string> | null
}

export type DashboardAccount = {
  readonly email: string
  readonly password: Redacted.Redacted<string>
  /** Whether the server made the password, and may say it. */
  readonly isGenerated: boolean
}

const emailShape = /^[^\s@]{1,64}@[^\s@]{1,189}$/u

/** Reads the two variables; what is wrong is added to `problems`. */
export const dashboardOf = (environment: Environment, problems: Array<SettingsProblem>): DashboardSetting => {
  const email = accountEmail(environment["PAYKERNEL_DASHBOARD_EMAIL"] || "merchant@localhost")
  if (!emailShape.test(email)) {
    problems.push({ variable: "PAYKERNEL_DASHBOARD_EMAIL", message: "must be an email address" })
  }
  const password = environment["PAYKERNEL_DASHBOARD_PASSWORD"] ?? ""
  if (password === "") return { email, password: null }
  // Bounds of the hash that is made of it.
  if ([...password].length < 12 || Buffer.byteLength(password) > 72) {
    problems.push({
      variable: "PAYKERNEL_DASHBOARD_PASSWORD",
      message: "must be 12 characters or more, and at most 72 bytes"
    })
  }
  return { email, password: Redacted.make(password, { label: "dashboard password" }) }
}

/** The account of the settings, with the password that was made at the first start where they bring none. */
export const openDashboardAccount = async (
  directory: string,
  { email, password }: DashboardSetting
): Promise<DashboardAccount> => {
  if (password !== null) return { email, password, isGenerated: false }
  const path = join(directory, "dashboard-password")
  const made = await privateFile(path, () => `${randomBytes(15).toString("base64url")}\n`)
  return { email, password: Redacted.make(made.trim(), { label: "dashboard password" }), isGenerated: true }
}

/** Hashed when the first visitor comes, whoever that is: a start need not wait for it. */
export const accountsOf = ({ email, password }: DashboardAccount, merchantId: string): Accounts => {
  let hash: Promise<string> | undefined
  return {
    find: async (asked) => {
      hash ??= hashPassword(Redacted.value(password))
      const passwordHash = await hash
      return asked === email ? { email, merchantId, passwordHash } : undefined
    }
  }
}
