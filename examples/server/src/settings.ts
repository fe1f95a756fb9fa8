/** What the environment asks of the server. Everything that is wrong with it is said at once, before anything starts. */
import { resolve } from "node:path"
import { isApiKeyShaped, type RateLimits } from "@paykernel/adapters-http"
import { Merchant } from "@paykernel/core/domain"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type DashboardSetting, dashboardOf } from "./dashboard-account.ts"

export type ServerSettings = {
  readonly host: string
  /** 0 asks the system for a free one. */
  readonly port: number
  readonly database: DatabaseSetting
  /** How long a start waits for a database that is not there yet. */
  readonly databaseWaitMs: number
  /** Where the simulated bank, the test clock and generated keys are kept. Absolute. */
  readonly sandboxDir: string
  /** One demo merchant each. Empty: the server makes a key and keeps it. */
  readonly apiKeys: ReadonlyArray<Redacted.Redacted<string>>
  /** The account of the first demo merchant. */
  readonly dashboard: DashboardSetting
  /** Where the demo merchants may send payers back to. */
  readonly returnOrigins: ReadonlyArray<string>
  /** Whether that holds under `/v1` too, which takes any address as long as nobody has named origins. */
  readonly areReturnsBound: boolean
  /** `whsec_…`: signs what the demo merchants are told at the `webhook_url` of a payment; `null`: each has its own. */
  readonly webhookSecret: Redacted.Redacted<string> | null
  /** `host:port` to which webhooks may be sent whatever stands there: http, and private addresses. */
  readonly webhookAllowHosts: ReadonlyArray<string>
  readonly settlementIntervalMs: number
  /** How long the simulated bank takes over a call, at most. */
  readonly bankLatencyMs: number
  /** Calls per minute and API key; `null` counts nobody. */
  readonly rateLimits: Required<RateLimits>["perMinute"] | null
  /** The header in which the operator's own proxy says who sends a request; `null`: there is no proxy. */
  readonly clientAddressHeader: string | null
}

/** A file, by its absolute path, or a server, by a URL that may hold a password. */
export type DatabaseSetting =
  | { readonly _tag: "Sqlite"; readonly path: string }
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted<string> }

/** One thing that is wrong: the variable, and what it should be. Never what it was, which may be a secret. */
export type SettingsProblem = { readonly variable: string; readonly message: string }

export type Environment = { readonly [variable: string]: string | undefined }

const apiKeysMax = 32
const bankLatencyMsMax = 10_000
const databaseWaitMsMax = 600_000

/**
 * Reads the settings; paths are relative to `directory`.
 *
 * @example
 * readSettings({ PORT: "80 80" }, "/srv") // => failure [{ variable: "PORT", message: "must be a whole number …" }]
 */
export const readSettings = (
  environment: Environment,
  directory: string
): Result.Result<ServerSettings, ReadonlyArray<SettingsProblem>> => {
  const problems: Array<SettingsProblem> = []
  const wholeNumber = (variable: string, fallback: number, min: number, max: number): number => {
    const text = environment[variable] ?? ""
    if (text === "") return fallback
    const value = /^[0-9]{1,12}$/u.test(text) ? Number.parseInt(text, 10) : -1
    if (value >= min && value <= max) return value
    problems.push({ variable, message: `must be a whole number from ${min} to ${max}` })
    return fallback
  }
  const settings: ServerSettings = {
    host: environment["HOST"] || "127.0.0.1",
    port: wholeNumber("PORT", 3000, 0, 65_535),
    database: databaseOf(environment["DATABASE_URL"] || "sqlite:data/paykernel.sqlite", directory, problems),
    databaseWaitMs: wholeNumber("PAYKERNEL_DATABASE_WAIT_MS", 30_000, 0, databaseWaitMsMax),
    sandboxDir: resolve(directory, environment["PAYKERNEL_SANDBOX_DIR"] || "data"),
    returnOrigins: returnOriginsOf(environment["PAYKERNEL_RETURN_ORIGINS"] || "http://localhost:8080", problems),
    areReturnsBound: (environment["PAYKERNEL_RETURN_ORIGINS"] ?? "") !== "",
    apiKeys: apiKeysOf(environment["PAYKERNEL_API_KEY"], problems),
    dashboard: dashboardOf(environment, problems),
    webhookSecret: webhookSecretOf(environment["PAYKERNEL_WEBHOOK_SECRET"] ?? "", problems),
    webhookAllowHosts: allowHostsOf(environment["PAYKERNEL_WEBHOOK_ALLOW_HOSTS"] ?? "", problems),
    settlementIntervalMs: wholeNumber(
      "PAYKERNEL_SETTLEMENT_MS",
      300_000,
      Merchant.settlementIntervalMsMin,
      Merchant.settlementIntervalMsMax
    ),
    bankLatencyMs: wholeNumber("PAYKERNEL_SANDBOX_LATENCY_MS", 50, 0, bankLatencyMsMax),
    rateLimits: rateLimitsOf(environment["PAYKERNEL_RATE_LIMITS"] || "off", problems),
    clientAddressHeader: headerOf(environment["PAYKERNEL_CLIENT_ADDRESS_HEADER"] || "", problems)
  }
  return problems.length > 0 ? Result.fail(problems) : Result.succeed(settings)
}

const databaseOf = (url: string, directory: string, problems: Array<SettingsProblem>): DatabaseSetting => {
  const complain = (message: string) => problems.push({ variable: "DATABASE_URL", message })
  if (/^postgres(?:ql)?:/u.test(url)) {
    if (!isPostgresUrl(url)) {
      complain("must be postgres://USER:PASSWORD@HOST:PORT/DATABASE; percent-encode what is special in a password")
    }
    return { _tag: "Postgres", url: Redacted.make(url, { label: "database URL" }) }
  }
  const path = url.startsWith("sqlite:") ? url.slice("sqlite:".length) : ""
  // Two slashes would be a host in a URL, and a path of the root to the file system: nobody means the second.
  const ambiguous = path.startsWith("//") && !path.startsWith("///")
  if (path === "" || path === ":memory:" || ambiguous || /[?#\0]/u.test(path)) {
    complain("must be sqlite:PATH, such as sqlite:./data/paykernel.sqlite, or postgres://USER:PASSWORD@HOST/DATABASE")
  }
  return { _tag: "Sqlite", path: resolve(directory, path) }
}

/**
 * A `#`, `/` or `?` in a password that is not encoded ends the host early: what is before it is then no port, or what
 * is after it holds the `@`.
 */
const isPostgresUrl = (text: string): boolean => {
  if (!/^postgres(?:ql)?:\/\/[\x21-\x7e]+$/u.test(text)) return false
  try {
    // A host may be left out for a socket that is named as a parameter.
    const { username, password, pathname, search, hash } = new URL(text.replace("@/", "@localhost/"))
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return /^(?:\/[^/@]*)?$/u.test(pathname) && !search.includes("@") && hash === ""
  } catch {
    return false
  }
}

const apiKeysOf = (
  text: string | undefined,
  problems: Array<SettingsProblem>
): ReadonlyArray<Redacted.Redacted<string>> => {
  if (text === undefined || text.trim() === "") return []
  const keys = text.split(",").map((key) => key.trim())
  const complain = (message: string) => problems.push({ variable: "PAYKERNEL_API_KEY", message })
  if (!keys.every(isApiKeyShaped)) {
    complain("must be keys of 8 to 256 visible ASCII characters, separated by commas")
  }
  if (new Set(keys).size !== keys.length) complain("names a key twice")
  if (keys.length > apiKeysMax) complain(`must be at most ${apiKeysMax} keys`)
  return keys.map((key) => Redacted.make(key, { label: "API key" }))
}

const rateLimitShape = /^(?<rateClass>authentication|payments|webhooks)=(?<limit>[1-9][0-9]{0,8})$/u

/** `off`, `on` for the published limits, or some of them with another number. */
const rateLimitsOf = (text: string, problems: Array<SettingsProblem>): ServerSettings["rateLimits"] => {
  if (text === "off") return null
  const parts = text === "on" ? [] : text.split(",").map((part) => rateLimitShape.exec(part.trim())?.groups)
  const limits = parts.flatMap((groups) => {
    const { rateClass = "", limit = "" } = groups ?? {}
    return groups === undefined ? [] : [[rateClass, Number.parseInt(limit, 10)] as const]
  })
  if (limits.length < parts.length || new Map(limits).size < limits.length) {
    problems.push({
      variable: "PAYKERNEL_RATE_LIMITS",
      message: "must be off, on, or calls per minute such as authentication=10,payments=100,webhooks=1000"
    })
  }
  return Object.fromEntries(limits)
}

const headerOf = (text: string, problems: Array<SettingsProblem>): string | null => {
  if (text === "") return null
  if (!/^[a-z][a-z0-9-]{0,63}$/iu.test(text)) {
    const message = "must be the name of the header that your proxy writes, such as x-forwarded-for"
    problems.push({ variable: "PAYKERNEL_CLIENT_ADDRESS_HEADER", message })
  }
  return text.toLowerCase()
}

const returnOriginsOf = (text: string, problems: Array<SettingsProblem>): ReadonlyArray<string> => {
  const returnOrigins = text.split(",").map((origin) => origin.trim())
  const fault = Merchant.profileFault({ ...Merchant.noProfile, returnOrigins })
  if (fault === undefined) return returnOrigins
  problems.push({
    variable: "PAYKERNEL_RETURN_ORIGINS",
    message: "must be https origins, or http ones of localhost, without a path and separated by commas"
  })
  return []
}

const webhookSecretOf = (text: string, problems: Array<SettingsProblem>): ServerSettings["webhookSecret"] => {
  if (text === "") return null
  if (!isWebhookSecret(text)) {
    problems.push({ variable: "PAYKERNEL_WEBHOOK_SECRET", message: "must be whsec_ and 24 to 64 bytes in base64" })
  }
  return Redacted.make(text, { label: "webhook secret" })
}

/** In the one spelling that receivers decode too. */
const isWebhookSecret = (text: string): boolean => {
  const base64 = /^whsec_(?<base64>[A-Za-z0-9+/]+={0,2})$/u.exec(text)?.groups?.["base64"] ?? ""
  const bytes = Buffer.from(base64, "base64")
  return bytes.toString("base64") === base64 && bytes.length >= 24 && bytes.length <= 64
}

const allowHostShape = /^[^\s/?#@\\,]{1,253}:[0-9]{1,5}$/u

const allowHostsOf = (text: string, problems: Array<SettingsProblem>): ReadonlyArray<string> => {
  if (text.trim() === "") return []
  const hosts = text.split(",").map((host) => host.trim())
  const isHost = (host: string): boolean => allowHostShape.test(host) && URL.canParse(`http://${host}/`)
  if (hosts.every(isHost)) return hosts
  problems.push({
    variable: "PAYKERNEL_WEBHOOK_ALLOW_HOSTS",
    message: "must be host:port, such as 127.0.0.1:9000, separated by commas"
  })
  return []
}
