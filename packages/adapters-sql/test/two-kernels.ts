/** Two kernels on one database and one bank, as two processes would be, and a merchant. */
import { createKernel, type IdempotentRequest, type Kernel, type KernelOptions, type Outcome } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { PaymentExamples } from "@paykernel/core/testing"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import { onTestFinished } from "vitest"
import { openStore } from "./open-store.ts"

export const merchantId = "shop"

type Process = { readonly kernel: Kernel; readonly store: Store["Service"] }

/** `ms`: the time of day, which the test moves. */
export type TestClock = { ms: number; readonly nowMs: () => number }

export const testClock = (): TestClock => {
  const clock: TestClock = { ms: PaymentExamples.startMs, nowMs: () => clock.ms }
  return clock
}

/** What a call was answered with. */
export const ok = <A>(outcome: Outcome<A, { readonly _tag: string }>): A => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

/** A request whose answer is a name of what was made. */
export const requestOf = <View>(key: string, nameOf: (view: View) => string): IdempotentRequest<View> => ({
  ...{ scope: "test", key, meaning: { key } },
  answer: (view) => ({ status: 201, body: nameOf(view) })
})

export const twoKernels = async (url: string, clock: TestClock, options: Partial<KernelOptions> = {}) => {
  const challengeUrl = (id: string) => `https://bank.example/${id}`
  const journal = memoryJournal()
  const bank = sandboxGateway({ journal, clock, random: () => 0.5, challengeUrl, latencyMs: 0 })
  const vault = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
  const digestKey = new Uint8Array(32).fill(7)
  const process = async (): Promise<Process> => {
    const { store, close } = await openStore(url)
    const kernel = createKernel({ store, vault, gateway: bank.gateway, clock, digestKey, ...options })
    onTestFinished(async () => {
      await kernel.close()
      await close()
    })
    return { kernel, store }
  }
  const one = await process()
  const other = await process()
  const registration = {
    ...{ id: merchantId, name: "Shop", walletId: "1000000001" },
    channels: [{ id: "channel-1", default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }],
    terms: {
      ...PaymentExamples.exampleTerms,
      settlementCurrency: "USDC" as const,
      settlementRate: { numerator: 1n, denominator: 1n },
      settlementIntervalMs: 86_400_000
    }
  }
  ok(await one.kernel.merchants.register(registration))
  return { one, other, bank, journal }
}
