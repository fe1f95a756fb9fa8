/** What the examples of payments on blockchains take for granted: an intent, a deposit and a refund of the usual kind. */
import { money } from "@paykernel/core"
import { Deposit, Fees, Intent, IntentRefund } from "@paykernel/core/domain"
import { depositOrigin, planRefund } from "@paykernel/core/testing"
import * as Result from "effect/Result"
import { nowMs } from "./doc-world.ts"
import type { Scope } from "./example-code.ts"

const usdc = (amount: bigint) => money(amount, "USDC")

/** USDC 100 to be paid on Ethereum, with an address. */
const intentRoom = (): Scope => {
  const creating: Intent.CreateIntent = {
    _tag: "CreateIntent",
    kind: "transient",
    id: "intent-1",
    merchantId: "merchant-1",
    walletId: null,
    currency: "USDC",
    amount: usdc(100_000_000n),
    settlementCurrency: "USDC",
    chains: ["ETH"],
    toleranceBps: 0,
    expiresAtMs: nowMs + 3_600_000,
    monitoringMs: 3_600_000,
    nowMs
  }
  const addresses = [{ chain: "ETH", address: "0xabc", addressTag: null }]
  const assigning: Intent.IntentCommand = { _tag: "AssignAddresses", addresses, leaseFee: usdc(0n), nowMs }
  const pendingIntent = [creating, assigning].reduce(
    (intent, command) => Result.getOrThrow(Intent.decide(intent, command)).events.reduce(Intent.evolve, intent),
    Intent.noIntent
  )
  return { usdc, pendingIntent: { ...pendingIntent, createdAtMs: 0 } }
}

const depositRoom = (): Scope => {
  const sighting: Deposit.DepositCommand = {
    _tag: "RecordSighting",
    origin: depositOrigin(),
    amount: usdc(5n),
    standing: { _tag: "Waiting" },
    nowMs
  }
  const terms = { feeSchedule: { fee: Fees.noFee, onExcess: "limit" as const }, rate: null }
  const standing: Deposit.DepositStanding = { _tag: "Final", block: { height: 7, hash: "0x7" }, terms }
  const after = (command: Deposit.DepositCommand) =>
    Result.getOrThrow(Deposit.decide(Deposit.noDeposit, command)).events.reduce(Deposit.evolve, Deposit.noDeposit)
  return {
    usdc,
    noFee: Fees.noFee,
    sighting,
    seenDeposit: after(sighting),
    finalDeposit: after({ ...sighting, standing })
  }
}

const intentRefundRoom = (): Scope => {
  const planned = Result.getOrThrow(IntentRefund.decide(IntentRefund.noIntentRefund, planRefund()))
  const pendingRefund = planned.events.reduce(IntentRefund.evolve, IntentRefund.noIntentRefund)
  const started = Result.getOrThrow(IntentRefund.decide(pendingRefund, { _tag: "StartTransfer", nowMs }))
  return { pendingRefund, sendingRefund: started.events.reduce(IntentRefund.evolve, pendingRefund) }
}

/** By the beginning of the file's path. */
export const intentRooms: ReadonlyArray<readonly [prefix: string, make: () => Scope]> = [
  ["packages/core/src/intent/", intentRoom],
  ["packages/core/src/deposit/", depositRoom],
  ["packages/core/src/intent-refund/", intentRefundRoom]
]
