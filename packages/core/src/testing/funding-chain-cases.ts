/** What every funding chain promises, case by case. */
import { expect } from "vitest"
import type { FundingPlan, SignedFunding } from "../ports/funding-chain.ts"
import type { TransactionVersion } from "../quote/quote.ts"
import {
  broadcast,
  checkOf,
  type FundingChainUnderTest,
  plannedBy,
  run,
  signedFunding,
  standingNow,
  timeoutMs
} from "./funding/funding-chain-under-test.ts"
import { NotApplicable, type SuiteCases } from "./suite.ts"

const eachVersion =
  (holds: (subject: FundingChainUnderTest, version: TransactionVersion) => Promise<void>) =>
  async (subject: FundingChainUnderTest): Promise<void> => {
    for (const version of subject.versions) await holds(subject, version)
  }

export const fundingChainCases: SuiteCases<FundingChainUnderTest> = {
  "carries out what the sender signed, once, however often it is sent": eachVersion(async (subject, version) => {
    const signed = await signedFunding(subject, version)
    expect(await run(subject.chain.lookup(signed.key, timeoutMs))).toEqual({ _tag: "Absent" })
    expect(await checkOf(subject, signed)).toBe("sound")
    const first = await broadcast(subject, signed)
    expect(first._tag).toBe("Waiting")
    expect(await broadcast(subject, signed)).toEqual(first)
    await subject.advance(subject.settledWithinMs)
    const confirmed = { _tag: "Confirmed", received: signed.amount }
    expect(await standingNow(subject, signed.key)).toMatchObject(confirmed)
    expect(await broadcast(subject, signed)).toEqual(await standingNow(subject, signed.key))
    await subject.advance(subject.settledWithinMs)
    expect(await standingNow(subject, signed.key)).toMatchObject(confirmed)
  }),
  "signs no two transactions as the same message": eachVersion(async (subject, version) => {
    const [one, other] = [
      await plannedBy(subject, subject.plan(version)),
      await plannedBy(subject, subject.plan(version))
    ]
    expect(one.message.text).not.toBe(other.message.text)
  }),
  "sends nothing that somebody else signed": eachVersion(async (subject, version) => {
    const signed = await signedFunding(subject, version, subject.signAsStranger)
    expect(await checkOf(subject, signed)).toBe("signature_invalid")
    expect((await broadcast(subject, signed))._tag).toBe("Failed")
    await subject.advance(subject.settledWithinMs)
    expect((await standingNow(subject, signed.key))._tag).toBe("Failed")
  }),
  "sends nothing that was signed for another transaction": eachVersion(async (subject, version) => {
    const [one, other] = [await signedFunding(subject, version), await signedFunding(subject, version)]
    const swapped = await checkOf(subject, { ...one, signedTransaction: other.signedTransaction })
    expect(["payment_mismatch", "payload_mismatch", "signature_invalid"]).toContain(swapped)
  }),
  "makes nothing of what it cannot read": eachVersion(async (subject, version) => {
    const signed = await signedFunding(subject, version)
    for (const signedTransaction of ["0x", "AAAA", "0x00", "no transaction", signed.signedTransaction.slice(0, 40)]) {
      expect(await checkOf(subject, { ...signed, signedTransaction })).toBe("signed_transaction_malformed")
    }
    expect(await checkOf(subject, signed)).toBe("sound")
  }),
  "sends nothing that has run out": eachVersion(async (subject, version) => {
    const signed = await signedFunding(subject, version)
    await subject.advance(signed.expiresAtMs - subject.nowMs())
    expect(await checkOf(subject, signed)).toBe("signed_transaction_expired")
    expect(await broadcast(subject, signed)).toMatchObject({ _tag: "Failed" })
  }),
  "confirms one at most of two of which one overtakes the other": eachVersion(async (subject, version) => {
    const first = await signedFunding(subject, version)
    await broadcast(subject, first)
    const copy = await overtaking(subject, first)
    if (copy === undefined) throw new NotApplicable("nothing overtakes on this chain")
    expect(await checkOf(subject, copy)).toBe("sound")
    await broadcast(subject, copy)
    await subject.advance(subject.settledWithinMs)
    const tags = [(await standingNow(subject, first.key))._tag, (await standingNow(subject, copy.key))._tag]
    expect(tags.toSorted()).toEqual(["Confirmed", "Failed"])
  }),
  "sends nothing again under another name": eachVersion(async (subject, version) => {
    const signed = await signedFunding(subject, version)
    await broadcast(subject, signed)
    await subject.advance(subject.settledWithinMs)
    const again = { ...signed, key: `${signed.key}-again` }
    expect(await checkOf(subject, again)).not.toBe("sound")
    expect((await broadcast(subject, again))._tag).toBe("Failed")
  }),
  "plans nothing where it is not, and knows its own addresses": async (subject) => {
    const plan = subject.plan(subject.versions[0] ?? 1)
    const elsewhere = await run(subject.chain.plan({ ...plan, blockchain: "NO-SUCH-CHAIN" }))
    expect(elsewhere).toEqual({ _tag: "Refused", why: "blockchain_unsupported" })
    const nobody = await run(subject.chain.plan({ ...plan, senderAddress: "nobody" }))
    expect(nobody).toEqual({ _tag: "Refused", why: "account_invalid" })
    expect(subject.chain.isAddress(plan.blockchain, plan.senderAddress)).toBe(true)
    expect(subject.chain.isAddress(plan.blockchain, "nobody")).toBe(false)
    expect(subject.chain.isAddress("NO-SUCH-CHAIN", plan.senderAddress)).toBe(false)
  }
}

/** A copy that overtakes, signed; `undefined`: the chain has no such thing. */
const overtaking = async (
  subject: FundingChainUnderTest,
  { key, message, signedTransaction, version }: SignedFunding
): Promise<SignedFunding | undefined> => {
  const plan: FundingPlan = { ...subject.plan(version), replaces: { key, message } }
  const reply = await run(subject.chain.plan(plan))
  if (reply._tag === "Refused") return undefined
  const toSign = { plan, message: reply.message, estimatedFee: reply.estimatedFee, overtakes: signedTransaction }
  return { ...plan, ...toSign, signedTransaction: await subject.sign(toSign) }
}
