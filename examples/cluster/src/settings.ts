/**
 * What a node and the bank are told when they start: JSON in a variable of the environment. It holds no secret, so what
 * is wrong with it may be shown. The database's URL, which may, comes in `DATABASE_URL`.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export type Listening = {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

export type NodeSettings = Listening & {
  /** The bank's address, without a path. */
  readonly bankUrl: string
  /** Keys that all nodes share. */
  readonly keysDirectory: string
  /** Secrets that the nodes and the bank share. */
  readonly secretsDirectory: string
  readonly callTimeoutMs?: number
  /** At least twice `callTimeoutMs`. What a node leaves behind, others take up after so long. */
  readonly leaseMs?: number
  readonly settlementIntervalMs?: number
  /** How long a start waits for the database, and for the bank. */
  readonly waitMs?: number
}

export type BankSettings = Listening & {
  /** The bank's own: its book, and where it finds the nodes. */
  readonly directory: string
  readonly secretsDirectory: string
  readonly latencyMs?: number
  readonly dropDelayMs?: number
  readonly lateMs?: number
  readonly maxInFlightMs?: number
  readonly lookupLagMs?: number
  readonly travelMaxMs?: number
  readonly clockSkewMaxMs?: number
}

export const nodeVariable = "PAYKERNEL_NODE"
export const bankVariable = "PAYKERNEL_BANK"

/** On one machine things take little time, and nobody wants to wait long for what a killed node left behind. */
export const nodeDefaults = {
  callTimeoutMs: 3000,
  leaseMs: 6000,
  settlementIntervalMs: 1000,
  waitMs: 30_000
} as const

export const bankDefaults = {
  latencyMs: 30,
  dropDelayMs: 200,
  lateMs: 500,
  maxInFlightMs: 1000,
  lookupLagMs: 300,
  travelMaxMs: 2000,
  // All processes have the clock of one machine.
  clockSkewMaxMs: 100
} as const

const Milliseconds = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 })))

const listening = {
  host: Schema.optionalKey(Schema.NonEmptyString),
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })))
}

const Node: Schema.Codec<NodeSettings> = Schema.Struct({
  ...listening,
  bankUrl: Schema.NonEmptyString,
  keysDirectory: Schema.NonEmptyString,
  secretsDirectory: Schema.NonEmptyString,
  callTimeoutMs: Milliseconds,
  leaseMs: Milliseconds,
  settlementIntervalMs: Milliseconds,
  waitMs: Milliseconds
})

const Bank: Schema.Codec<BankSettings> = Schema.Struct({
  ...listening,
  directory: Schema.NonEmptyString,
  secretsDirectory: Schema.NonEmptyString,
  latencyMs: Milliseconds,
  dropDelayMs: Milliseconds,
  lateMs: Milliseconds,
  maxInFlightMs: Milliseconds,
  lookupLagMs: Milliseconds,
  travelMaxMs: Milliseconds,
  clockSkewMaxMs: Milliseconds
})

/** Throws an `Error` that says what is wrong. */
const reading =
  <A>(codec: Schema.Codec<A>, variable: string) =>
  (text: string | undefined): A => {
    if (text === undefined) throw new Error(`${variable} must hold settings as JSON`)
    const read = Schema.decodeUnknownResult(Schema.fromJsonString(codec), { onExcessProperty: "error" })(text)
    if (Result.isFailure(read)) throw new Error(`${variable} cannot be read: ${read.failure.message}`)
    return read.success
  }

export const readNodeSettings = reading(Node, nodeVariable)
export const readBankSettings = reading(Bank, bankVariable)
