/** What a case of the gateway suite is given, and the words it is told in. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { GatewayReply } from "../../attempt/attempt.ts"
import { type Currency, exponentOf, type Money, money } from "../../money/index.ts"
import type { CardCredentials, CardGateway, GatewayOperation } from "../../ports/card-gateway.ts"

/** One execution at the other side, for gateways whose test environment shows them. */
export type GatewayEffect = {
  readonly operationKey: string
  readonly kind: "authorize" | "capture" | "void" | "refund"
  readonly outcome: "approved" | "declined" | "error"
}

/** A gateway under test, with what it needs to be asked sensible things. */
export type GatewayUnderTest = {
  readonly gateway: CardGateway["Service"]
  /** A card that is approved for amounts from 1 to 100 units of `currency`. */
  readonly approvedCard: () => CardCredentials
  readonly currency: Currency
  /** Never the same twice, across runs too where the other side remembers. */
  readonly nextKey: () => string
  readonly merchantId: string
  /** An authorization that the gateway declines; without it the case is skipped. */
  readonly declined?: { readonly card: () => CardCredentials; readonly amount: Money }
  /** Executions at the other side; without it effects are judged by what follow-ups are allowed. */
  readonly effects?: () => Promise<ReadonlyArray<GatewayEffect>>
  /** Limit of each call. Default 10 000. */
  readonly timeoutMs?: number
  readonly close?: () => Promise<void>
}

export type GatewayCase = {
  readonly title: string
  /** Why the case does not apply to this gateway, if so. */
  readonly needs?: (subject: GatewayUnderTest) => string | undefined
  readonly check: (subject: GatewayUnderTest) => Effect.Effect<void>
}

export const idempotency = ({ gateway }: GatewayUnderTest): string | undefined =>
  gateway.capabilities.idempotentByKey ? undefined : "the gateway declares no idempotency by key"

export const lookups = ({ gateway }: GatewayUnderTest): string | undefined =>
  gateway.capabilities.lookupByKey ? undefined : "the gateway declares no look-up by key"

export const reversals = ({ gateway }: GatewayUnderTest): string | undefined =>
  gateway.capabilities.reverseByKey ? undefined : "the gateway declares no reversal by key"

export const limitOf = ({ timeoutMs = 10_000 }: GatewayUnderTest): number => timeoutMs

export const send = (subject: GatewayUnderTest, operation: GatewayOperation): Effect.Effect<GatewayReply> =>
  subject.gateway.send(operation, limitOf(subject))

export const lookUp = (subject: GatewayUnderTest, key: string) => subject.gateway.lookup(key, limitOf(subject))

export const reverse = (subject: GatewayUnderTest, key: string) => subject.gateway.reverse(key, limitOf(subject))

const amountOf = ({ currency }: GatewayUnderTest, units: bigint): Money =>
  money(units * 10n ** BigInt(exponentOf(currency)), currency)

export const authorization = (
  subject: GatewayUnderTest,
  { units, capture = false }: { readonly units: bigint; readonly capture?: boolean }
): GatewayOperation => ({
  key: subject.nextKey(),
  kind: "authorize",
  amount: amountOf(subject, units),
  merchantId: subject.merchantId,
  paymentId: subject.nextKey(),
  authorizationKey: null,
  authorization: { card: subject.approvedCard(), capture, verificationMethod: "none", eci: null }
})

export const followUp = (
  subject: GatewayUnderTest,
  authorized: GatewayOperation,
  kind: "capture" | "void" | "refund",
  units: bigint
): GatewayOperation => ({
  ...authorized,
  key: subject.nextKey(),
  kind,
  amount: amountOf(subject, units),
  authorizationKey: authorized.key,
  authorization: null
})

export const expectEffects = Effect.fnUntraced(function* (
  { effects }: GatewayUnderTest,
  key: string,
  expected: ReadonlyArray<string>
) {
  if (effects === undefined) return
  const lines = yield* Effect.promise(effects)
  const ours = lines.filter(({ operationKey }) => operationKey === key)
  expect(ours.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(expected)
})
