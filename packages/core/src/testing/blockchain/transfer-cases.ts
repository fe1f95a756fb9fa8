/** What every blockchain promises about refunds and pulls, case by case. */
import { expect } from "vitest"
import type { PullOperation, TransferAuthorization } from "../../ports/blockchain.ts"
import { NotApplicable, type SuiteCases } from "../suite.ts"
import {
  type BlockchainUnderTest,
  limitOf,
  refundOf,
  run,
  sightingsAt,
  standingIn,
  units
} from "./blockchain-under-test.ts"

export const refundCases: SuiteCases<BlockchainUnderTest> = {
  "sends a refund, and says how it stands until it is final": async (subject) => {
    const { blockchain } = subject
    const refund = refundOf(subject)
    const sent = standingIn(await run(blockchain.sendRefund(refund, limitOf(subject))))
    expect(sent._tag).toBe("Broadcast")
    if (sent._tag !== "Broadcast") return
    expect(sent.networkFee.currency).toBe(refund.amount.currency)
    expect(sent.networkFee.amount).toBeGreaterThanOrEqual(0n)
    await subject.settle?.()
    const found = standingIn(await lookUpOnceSeen(subject, refund.key))
    expect(found).toMatchObject({ _tag: "Broadcast", transactionHash: sent.transactionHash })
    if (subject.settle !== undefined) expect(found).toMatchObject({ final: true })
  },
  "moves nothing twice under one key, however often and at once it is sent": async (subject) => {
    demandKeys(subject)
    const refund = refundOf(subject)
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => run(subject.blockchain.sendRefund(refund, limitOf(subject))))
    )
    replies.push(await run(subject.blockchain.sendRefund(refund, limitOf(subject))))
    const hashes = replies.map((reply) => {
      const standing = standingIn(reply)
      return standing._tag === "Broadcast" ? standing.transactionHash : standing.why
    })
    expect(new Set(hashes).size).toBe(1)
  },
  "refuses a key for another refund, and keeps the first": async (subject) => {
    demandKeys(subject)
    const { blockchain } = subject
    const refund = refundOf(subject)
    const first = standingIn(await run(blockchain.sendRefund(refund, limitOf(subject))))
    const other = await run(blockchain.sendRefund({ ...refund, amount: units(subject, 2n) }, limitOf(subject)))
    expect(other).toEqual({ _tag: "Failed", why: "key_reused" })
    expect(standingIn(await run(blockchain.sendRefund(refund, limitOf(subject))))).toMatchObject(
      first._tag === "Broadcast" ? { _tag: "Broadcast", transactionHash: first.transactionHash } : first
    )
  },
  "refuses for ever what can never be sent, and says why": async (subject) => {
    const { blockchain } = subject
    for (const [change, why] of [
      [{ address: "nowhere" }, "address_invalid"],
      [{ amount: units(subject, 0n) }, "amount_invalid"]
    ] as const) {
      const refund = refundOf(subject, change)
      expect(await run(blockchain.sendRefund(refund, limitOf(subject)))).toEqual({ _tag: "Failed", why })
      expect(await run(blockchain.sendRefund(refund, limitOf(subject)))).toEqual({ _tag: "Failed", why })
    }
  },
  "knows nothing of a key that was never sent": async (subject) => {
    if (!subject.blockchain.capabilities.lookupByKey)
      throw new NotApplicable("the blockchain declares no look-up by key")
    const lookup = await run(subject.blockchain.lookupRefund(subject.nextName(), limitOf(subject)))
    expect(["AbsentYet", "AbsentFinal"]).toContain(lookup._tag)
  },
  "quotes a fee that is not over yet": async ({ blockchain, chain, currency }) => {
    const quote = await run(blockchain.quoteNetworkFee(chain, currency))
    expect(quote.quoteId).not.toBe("")
    expect(quote.amount.currency).toBe(currency)
    expect(quote.amount.amount).toBeGreaterThanOrEqual(0n)
  }
}

export const pullCases: SuiteCases<BlockchainUnderTest> = {
  "moves what a payer signed, once, and shows it as a deposit": async (subject) => {
    const { operation, place } = await signedPull(subject)
    const { blockchain } = subject
    expect(blockchain.checkAuthorization(operation)).toBeNull()
    const sent = standingIn(await run(blockchain.submitAuthorization(operation, limitOf(subject))))
    expect(sent._tag).toBe("Broadcast")
    const [seen] = await sightingsAt(subject, place)
    expect(seen?.amount).toEqual({ amount: operation.authorization.value, currency: operation.currency })
    expect(seen?.fromAddresses.map((one) => one.toLowerCase())).toEqual([operation.authorization.from.toLowerCase()])
    expect(standingIn(await run(blockchain.lookupAuthorization(operation.key, limitOf(subject))))._tag).toBe(
      "Broadcast"
    )
    const again = await run(blockchain.submitAuthorization({ ...operation, key: subject.nextName() }, limitOf(subject)))
    expect(again).toEqual({ _tag: "Failed", why: "authorization_used" })
    expect(await sightingsAt(subject, place)).toHaveLength(1)
  },
  "refuses what a payer did not sign, changed in any field": async (subject) => {
    const { operation, place } = await signedPull(subject)
    const { authorization } = operation
    const { blockchain } = subject
    const changes: ReadonlyArray<Partial<TransferAuthorization>> = [
      { value: authorization.value + 1n },
      { from: authorization.to },
      { to: authorization.from },
      { validAfter: authorization.validAfter + 1n },
      { validBefore: authorization.validBefore + 1n },
      { nonce: `0x${"0".repeat(64)}` },
      { signature: `0x${"0".repeat(130)}` },
      { signature: "0x" }
    ]
    for (const change of changes) {
      const forged = { ...operation, key: subject.nextName(), authorization: { ...authorization, ...change } }
      expect(blockchain.checkAuthorization(forged)).toBe("signature_invalid")
      const reply = await run(blockchain.submitAuthorization(forged, limitOf(subject)))
      expect(reply).toEqual({ _tag: "Failed", why: "signature_invalid" })
    }
    expect(await sightingsAt(subject, place)).toEqual([])
  },
  "refuses an authorization before and after its time": async (subject) => {
    const nowS = payerIn(subject).nowS()
    for (const [times, why] of [
      [{ validAfter: nowS + 3600n, validBefore: nowS + 7200n }, "authorization_not_yet_valid"],
      [{ validAfter: 0n, validBefore: nowS - 60n }, "authorization_expired"]
    ] as const) {
      const { operation } = await signedPull(subject, times)
      const reply = await run(subject.blockchain.submitAuthorization(operation, limitOf(subject)))
      expect(reply).toEqual({ _tag: "Failed", why })
    }
  }
}

const demandKeys = ({ blockchain }: BlockchainUnderTest): void => {
  if (!blockchain.capabilities.idempotentByKey) throw new NotApplicable("the blockchain declares no idempotency by key")
}

/** Look-ups may lag; a case waits for them as long as the adapter says. */
const lookUpOnceSeen = async (subject: BlockchainUnderTest, key: string) => {
  const { blockchain } = subject
  if (!blockchain.capabilities.lookupByKey) throw new NotApplicable("the blockchain declares no look-up by key")
  const endMs = performance.now() + blockchain.capabilities.lookupLagMs + 1000
  for (;;) {
    const lookup = await run(blockchain.lookupRefund(key, limitOf(subject)))
    if (lookup._tag === "Found" || performance.now() > endMs) return lookup
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const payerIn = ({ payer }: BlockchainUnderTest): NonNullable<BlockchainUnderTest["payer"]> => {
  if (payer === undefined) throw new NotApplicable("the test environment has no payer who signs")
  return payer
}

let nonces = 0

const signedPull = async (subject: BlockchainUnderTest, times: Partial<TransferAuthorization> = {}) => {
  const payer = payerIn(subject)
  const { chain, currency } = payer
  const reference = subject.nextName()
  const place = await run(subject.blockchain.deriveAddress({ chain, currency, reference }))
  const unsigned = {
    from: payer.address,
    to: place.address,
    value: units(payer, 2n).amount,
    validAfter: 0n,
    validBefore: payer.nowS() + 3600n,
    nonce: `0x${(++nonces).toString(16).padStart(64, "0")}`,
    ...times
  }
  const authorization = { ...unsigned, signature: await payer.sign(unsigned) }
  const operation: PullOperation = { key: subject.nextName(), chain, currency, authorization }
  return { operation, place }
}
