/** What a payout network promises of payments: taken once, paid out when funded, refunded when not. */
import { expect } from "vitest"
import { money } from "../../money/index.ts"
import type { NetworkStanding } from "../../ports/payout-network.ts"
import type { SuiteCases } from "../suite.ts"
import {
  type PayoutNetworkUnderTest,
  run,
  standingNow,
  submissionOf,
  submit,
  timeoutMs,
  whyOf
} from "./network-under-test.ts"

const tagsOf = ({ reports }: NetworkStanding): ReadonlyArray<string> => reports.map(({ _tag }) => _tag)

export const paymentCases: SuiteCases<PayoutNetworkUnderTest> = {
  "takes a payment once, however often it is submitted": async (subject) => {
    const { payment } = await submissionOf(subject)
    expect(await run(subject.network.lookup(payment.key, timeoutMs))).toEqual({ _tag: "Absent" })
    const first = await submit(subject, payment)
    expect(first._tag).toBe("Taken")
    expect(await submit(subject, payment)).toEqual(first)
    expect(whyOf(await submit(subject, { ...payment, refundAddress: "0xother" }))).toBe("key_reused")
  },
  "takes one payment of two that race for a quote": async (subject) => {
    const { payment } = await submissionOf(subject)
    const rival = { ...payment, key: `${payment.key}-rival` }
    const replies = await Promise.all([submit(subject, payment), submit(subject, rival)])
    expect(replies.map(whyOf).sort()).toEqual(["Taken", "quote_in_use"])
  },
  "takes no payment of a quote that has expired, or that it does not know": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    expect(whyOf(await submit(subject, { ...payment, quoteId: "no-such-quote" }))).toBe("quote_not_found")
    await subject.advance(quote.terms.expiresAtMs - subject.nowMs())
    expect(whyOf(await submit(subject, payment))).toBe("quote_expired")
    expect(await run(subject.network.lookup(payment.key, timeoutMs))).toEqual({ _tag: "Absent" })
  },
  "pays out what was cleared and funded, and says no less later than it said before": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    await submit(subject, payment)
    const said = [tagsOf(await standingNow(subject, payment.key))]
    for (let part = 0; part < 5 && !said.at(-1)?.includes("Cleared"); part++) {
      await subject.advance(subject.settledWithinMs / 5)
      said.push(tagsOf(await standingNow(subject, payment.key)))
    }
    const notice = { key: payment.key, transactionHash: "0x1", amount: quote.terms.source }
    const funded = await run(subject.network.fund(notice, timeoutMs))
    expect(await run(subject.network.fund(notice, timeoutMs))).toEqual(funded)
    for (let part = 0; part < 5; part++) {
      await subject.advance(subject.settledWithinMs / 5)
      said.push(tagsOf(await standingNow(subject, payment.key)))
    }
    for (const [turn, tags] of said.entries())
      expect(tags.slice(0, said[turn - 1]?.length ?? 0)).toEqual(said[turn - 1] ?? [])
    expect(said.at(-1)?.filter((tag) => tag !== "UnderReview")).toEqual([
      "Cleared",
      "PayoutInitiated",
      "PayoutCompleted"
    ])
  },
  "refunds what is not what was asked for": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    await submit(subject, payment)
    const { amount, currency } = quote.terms.source
    await subject.advance(subject.settledWithinMs)
    const wrong = { key: payment.key, transactionHash: "0x1", amount: money(amount - 1n, currency) }
    await run(subject.network.fund(wrong, timeoutMs))
    await subject.advance(subject.settledWithinMs)
    const { reports, refunds } = await standingNow(subject, payment.key)
    expect(reports.at(-1)).toEqual({ _tag: "Failed", code: "PM05001" })
    expect(refunds).toMatchObject([{ amount: wrong.amount, refundAddress: payment.refundAddress }])
  },
  "gives back what comes beside the money that paid": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    await submit(subject, payment)
    await subject.advance(subject.settledWithinMs)
    const notice = { key: payment.key, transactionHash: "0x1", amount: quote.terms.source }
    const second = { ...notice, transactionHash: "0x2" }
    expect((await run(subject.network.fund(notice, timeoutMs)))._tag).toBe("Taken")
    expect((await run(subject.network.fund(second, timeoutMs)))._tag).toBe("Taken")
    expect((await run(subject.network.fund(second, timeoutMs)))._tag).toBe("Taken")
    await subject.advance(subject.settledWithinMs)
    const { reports, refunds } = await standingNow(subject, payment.key)
    expect(reports.at(-1)?._tag).toBe("PayoutCompleted")
    expect(refunds).toMatchObject([{ amount: second.amount, refundAddress: payment.refundAddress }])
  },
  "gives up what is not paid for in time, and gives back what comes too late": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    await submit(subject, payment)
    await subject.advance(quote.terms.fundsDueAtMs - subject.nowMs())
    expect((await standingNow(subject, payment.key)).reports.at(-1)).toEqual({ _tag: "Failed", code: "PM09000" })
    const late = { key: payment.key, transactionHash: "0x1", amount: quote.terms.source }
    expect((await run(subject.network.fund(late, timeoutMs)))._tag).toBe("Taken")
    await subject.advance(subject.settledWithinMs)
    const { reports, refunds } = await standingNow(subject, payment.key)
    expect(reports.at(-1)).toEqual({ _tag: "Failed", code: "PM09000" })
    expect(refunds).toMatchObject([{ amount: late.amount }])
  },
  "takes no money for a payment that it does not know": async ({ network, request }) => {
    const reply = await run(network.fund({ key: "no-such", transactionHash: "0x1", amount: request.amount }, timeoutMs))
    expect(whyOf(reply)).toBe("payment_not_found")
  }
}
