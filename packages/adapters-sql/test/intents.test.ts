/** Payment intents on real databases, by two kernels at once: an intent, its deposit and the books are one commit or none. */
import { type Intent, money } from "@paykernel/core"
import { memoryChainJournal, simulatedBlockchain, simulatedExchangeRates } from "@paykernel/core/simulator"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { engines } from "./engines.ts"
import { merchantId, ok, testClock, twoKernels } from "./two-kernels.ts"

const finalityMs = 12_000

/** A merchant who is paid on chains. */
const shop = async (url: string) => {
  const clock = testClock()
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock,
    random: () => 0.5,
    secret: "of this test",
    finalityMs,
    latencyMs: 0
  })
  const { exchangeRates } = simulatedExchangeRates({ clock })
  const intents = { blockchain: chains.blockchain, exchangeRates }
  const kernels = await twoKernels(url, clock, { intents })
  const [one, other] = [kernels.one.kernel, kernels.other.kernel]
  const pass = async (ms: number): Promise<void> => {
    clock.ms += ms
    await Promise.all([one.drain(), other.drain()])
  }
  const pay = async ({ methods }: Intent, amount: bigint): Promise<void> => {
    const { chain = "", address = "", addressTag = null } = methods[0]?.address ?? {}
    const payments = [{ address, addressTag, amount: eth(amount) }]
    Result.getOrThrow(await chains.pay({ chain, payments }))
  }
  return { one, other, chains, pass, pay }
}

/** More digits than 64 bits hold. */
const eth = (amount: bigint) => money(amount, "ETH")
const whole = 31_415_926_535_897_932_384n

describe.each(engines)("intents on $name", ({ database }) => {
  it("are paid once, given back once, and listed among the payments, whoever looks", async () => {
    const { one, other, chains, pass, pay } = await shop(await database())
    const asked = {
      kind: "transient" as const,
      amount: eth(whole),
      currency: "ETH" as const,
      settlementCurrency: "USDC" as const,
      chains: ["ETH"],
      walletId: null,
      expiresAtMs: null
    }
    const { id } = ok(await one.intents.create(merchantId, asked)).view
    await pass(10)
    const pending = ok(await other.intents.get(merchantId, id))
    expect(pending.status).toBe("pending")
    await pay(pending, whole)
    await pass(finalityMs / 2)
    await pass(2 * finalityMs)
    const looking = [one, other, one, other].map((kernel) => kernel.intents.hear(merchantId, id))
    expect((await Promise.all(looking)).map((heard) => ok(heard).status)).toEqual(looking.map(() => "complete"))
    const destination = { chain: "ETH", address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F", addressTag: null }
    const input = { destination, amount: eth(whole / 2n + 1n), sourceCurrency: "ETH" as const }
    const refunds = await Promise.all([one, other].map((kernel) => kernel.intents.refund(merchantId, id, input)))
    expect(refunds.map((refund) => (refund.ok ? "accepted" : refund.error._tag)).toSorted()).toEqual([
      "RefundExceedsPaid",
      "accepted"
    ])
    await pass(100)
    await pass(3 * finalityMs)
    expect(ok(await other.intents.get(merchantId, id))).toMatchObject({ status: "refunded", refunded: input.amount })
    expect(chains.transactions().map(({ kind }) => kind)).toEqual(["deposit", "refund"])
    const page = { fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const
    const ofIntent = { where: { source: id, type: "blockchain", status: "paid" }, ...page }
    const { items } = ok(await other.payments.listAny(merchantId, ofIntent))
    expect(items.map(({ _tag }) => _tag)).toEqual(["IntentRefund", "Deposit"])
    expect(ok(await one.payments.list(merchantId, { where: {}, ...page })).items).toEqual([])
    const listed = async (where: { readonly [field: string]: string }) =>
      ok(await one.intents.list(merchantId, { where, ...page })).items.length
    expect(await listed({ status: "refunded", context: "paid" })).toBe(1)
    expect(await listed({ status: "complete" })).toBe(0)
    expect(await other.audit()).toEqual([])
  })
})
