import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { money } from "../../money/index.ts"
import type { EncryptedFile, NetworkReply, NetworkRfi, NetworkStanding } from "../../ports/payout-network.ts"
import {
  encryptFile,
  encryptJson,
  exampleAnswer,
  examplePdf,
  type Fields
} from "../../testing/payout/encrypt-answer.ts"
import { standingNow, submissionOf } from "../../testing/payout/network-under-test.ts"
import { type NetworkWorld, networkWorld } from "../../testing/payout/simulated-network.ts"
import { describePayoutNetwork } from "../../testing/payout-network.suite.ts"
import { sanctionedAddress } from "./network-routes.ts"
import { scenarios } from "./scenarios.ts"

describePayoutNetwork("the simulated network", () => networkWorld())

const run = Effect.runPromise

/** A payment of this originator, submitted. */
const submitted = async (originatorName: string) => {
  const world = await networkWorld()
  const { payment, quote } = await submissionOf(world, {}, { ORIGINATOR_NAME: originatorName })
  const reply = await run(world.network.submit(payment, 1_000))
  return { world, reply, key: payment.key, quote }
}

type Submitted = Awaited<ReturnType<typeof submitted>>

const fund = ({ world, key, quote }: Submitted): Promise<NetworkReply> =>
  run(world.network.fund({ key, transactionHash: "0x1", amount: quote.terms.source }, 1_000))

const said = ({ reports }: NetworkStanding) =>
  reports.map((report) => (report._tag === "Failed" ? report.code : report._tag)).join(" ")

const saidBy = (reply: NetworkReply): string => (reply._tag === "Taken" ? said(reply.standing) : reply._tag)

const saidAfter = async ({ world, key }: Submitted, ms: number): Promise<string> => {
  await world.advance(ms)
  return said(await standingNow(world, key))
}

const answer = async (
  { world, key }: Submitted,
  fields: Fields,
  rfi: NetworkStanding["rfis"][number]
): Promise<NetworkReply> => {
  const { certificate, fieldRequirements, fileRequirements, id: rfiId } = rfi
  const content = examplePdf
  const files = await Promise.all(
    fileRequirements.map((file) => encryptFile(certificate, { ...file, mediaType: "application/pdf", content }))
  )
  const jwe = await encryptJson(certificate, exampleAnswer(fieldRequirements, fields))
  return run(world.network.answerRfi({ key, rfiId, answer: { version: 1, jwe }, files }, 1_000))
}

const askedOf = async ({ world, key }: Submitted) => {
  const [rfi] = (await standingNow(world, key)).rfis
  if (rfi === undefined) throw new Error("nothing was asked")
  return rfi
}

describe("what becomes of a payment, by the name of its originator:", () => {
  it.each([
    ["Jo Example", "Cleared", "Cleared"],
    ["Failed", "PM07000", "PM07000"],
    ["AsyncFailed", "UnderReview", "UnderReview PM07000"],
    ["AsyncSuccess", "UnderReview", "UnderReview Cleared"],
    ["Expired", "Cleared", "Cleared PM09000"],
    ["expired", "Cleared", "Cleared"]
  ])("%s", async (name, first, later) => {
    const payment = await submitted(name)
    expect(saidBy(payment.reply)).toBe(first)
    expect(await saidAfter(payment, 1_999)).toBe(first)
    expect(await saidAfter(payment, 1)).toBe(later)
  })

  it.each([
    ["Jo Example", "Cleared PayoutInitiated PayoutCompleted"],
    ["Delayed", "Cleared PayoutInitiated PayoutDelayed PayoutCompleted"],
    ["FailThenRefundWithCompleted", "Cleared PayoutInitiated PM06000"],
    ["FailThenRefundCreatedThenFailed", "Cleared PayoutInitiated PM06000"],
    ["FailThenRefundCreatedThenCompleted", "Cleared PayoutInitiated PM06000"]
  ])("%s, once it is funded", async (name, all) => {
    const payment = await submitted(name)
    expect(saidBy(await fund(payment))).toBe("Cleared PayoutInitiated")
    expect(await saidAfter(payment, 1_999)).toBe("Cleared PayoutInitiated")
    expect(await saidAfter(payment, 18_001)).toBe(all)
  })

  it.each([
    ["FailThenRefundWithCompleted", ["Completed", "Completed"]],
    ["FailThenRefundCreatedThenFailed", ["Created", "Failed"]],
    ["FailThenRefundCreatedThenCompleted", ["Created", "Completed"]]
  ])("%s: how the money comes back", async (name, expected) => {
    const payment = await submitted(name)
    await fund(payment)
    await payment.world.advance(3_999)
    expect((await standingNow(payment.world, payment.key)).refunds).toEqual([])
    const seen: Array<string> = []
    for (const ms of [1, 2_000]) {
      await payment.world.advance(ms)
      const [refund] = (await standingNow(payment.world, payment.key)).refunds
      expect(refund?.amount).toEqual(payment.quote.terms.source)
      seen.push(refund?.report._tag ?? "nothing")
    }
    expect(seen).toEqual(expected)
  })

  it.each([
    ["CreateRfi", 1],
    ["CreateRfiL2", 2],
    ["CreateRfiL3", 3]
  ])("%s asks at once, and clears what was answered", async (name, level) => {
    const payment = await submitted(name)
    expect(saidBy(payment.reply)).toBe("UnderReview")
    const rfi = await askedOf(payment)
    expect(rfi).toMatchObject({ level, party: "business", outcome: null })
    expect(await saidAfter(payment, 60_000)).toBe("UnderReview")
    expect((await answer(payment, { NAME: "Example Ltd" }, rfi))._tag).toBe("Taken")
    expect(await saidAfter(payment, 2_000)).toBe("UnderReview Cleared")
    await fund(payment)
    expect(await saidAfter(payment, 2_000)).toBe("UnderReview Cleared PayoutInitiated PayoutCompleted")
  })

  it("AsyncRfi asks a little later", async () => {
    const payment = await submitted("AsyncRfi")
    expect((await standingNow(payment.world, payment.key)).rfis).toEqual([])
    await payment.world.advance(2_000)
    await answer(payment, {}, await askedOf(payment))
    expect(await saidAfter(payment, 2_000)).toBe("UnderReview Cleared")
  })

  it("is all of the published names", () => {
    expect([...scenarios.keys()]).toEqual([
      ...["Failed", "AsyncFailed", "AsyncSuccess", "CreateRfi", "CreateRfiL2", "CreateRfiL3", "AsyncRfi"],
      ...["Delayed", "Expired", "FailThenRefundWithCompleted", "FailThenRefundCreatedThenFailed"],
      "FailThenRefundCreatedThenCompleted"
    ])
  })
})

describe("what becomes of an answer, by the name that it gives:", () => {
  it.each([
    ["Example Ltd", { _tag: "Approved" }, "UnderReview Cleared"],
    ["Rejected", { _tag: "Rejected", code: "PM03004" }, "UnderReview PM03004"],
    ["InReview", null, "UnderReview"]
  ])("%s", async (NAME, outcome, later) => {
    const payment = await submitted("CreateRfi")
    await answer(payment, { NAME }, await askedOf(payment))
    expect(await askedOf(payment)).toMatchObject({ answered: true, outcome: null })
    expect(await saidAfter(payment, 2_000)).toBe(later)
    expect((await askedOf(payment)).outcome).toEqual(outcome)
  })

  it("none in time ends the payment", async () => {
    const payment = await submitted("CreateRfi")
    expect(await saidAfter(payment, 1_799_999)).toBe("UnderReview")
    expect(await saidAfter(payment, 1)).toBe("UnderReview PM03005")
    expect((await askedOf(payment)).outcome).toEqual({ _tag: "Rejected", code: "PM03005" })
  })
})

describe("questions that are raised at any time", () => {
  it("are of payments that there are, and are told at once", async () => {
    const { world, key } = await submitted("Jo Example")
    const written = world.journal.read().length
    expect(await run(world.simulated.raiseRfi("nobody", 1))).toBeUndefined()
    expect(world.journal.read()).toHaveLength(written)
    const told = await run(world.simulated.raiseRfi(key, 2))
    expect(told).toEqual(await standingNow(world, key))
    expect(told?.rfis).toMatchObject([{ level: 2, answered: false }])
  })

  it("end a payment that nobody has paid for, when their answer is refused", async () => {
    const payment = await submitted("Jo Example")
    await payment.world.raiseRfi?.(payment.key, 1)
    await answer(payment, { NAME: "Rejected" }, await askedOf(payment))
    expect(await saidAfter(payment, 2_000)).toBe("Cleared PM03004")
  })

  it("hold a payout up that has not begun", async () => {
    const payment = await submitted("Jo Example")
    await payment.world.raiseRfi?.(payment.key, 1)
    expect(saidBy(await fund(payment))).toBe("Cleared")
    await answer(payment, {}, await askedOf(payment))
    expect(await saidAfter(payment, 2_000)).toBe("Cleared PayoutInitiated")
  })

  it("change nothing of one that is complete", async () => {
    const payment = await submitted("Jo Example")
    await fund(payment)
    await payment.world.advance(2_000)
    await payment.world.raiseRfi?.(payment.key, 2)
    await answer(payment, { NAME: "Rejected" }, await askedOf(payment))
    expect(await saidAfter(payment, 2_000)).toBe("Cleared PayoutInitiated PayoutCompleted")
    expect((await askedOf(payment)).outcome).toMatchObject({ _tag: "Rejected" })
  })
})

describe("what the network is sent a second time", () => {
  it.each([
    ["senderAddress", "0xcf9e077c75ce6bd22f48163e559d20b10708ae85"],
    ["reasonForPayment", "PMT002"]
  ])("under the same key is refused when it has another %s", async (name, other) => {
    const world = await networkWorld()
    const { payment } = await submissionOf(world)
    await run(world.network.submit(payment, 1_000))
    const reply = await run(world.network.submit({ ...payment, [name]: other }, 1_000))
    expect(reply).toEqual({ _tag: "Refused", refusal: { why: "key_reused", fields: [] } })
  })

  it("under the same key is refused when it is of another quote", async () => {
    const world = await networkWorld()
    const [{ payment }, other] = [await submissionOf(world), await submissionOf(world)]
    await run(world.network.submit(payment, 1_000))
    const reply = await run(world.network.submit({ ...payment, quoteId: other.quote.id }, 1_000))
    expect(reply).toEqual({ _tag: "Refused", refusal: { why: "key_reused", fields: [] } })
  })

  it("as the money of one transaction is not another amount", async () => {
    const payment = await submitted("Jo Example")
    const { world, key, quote } = payment
    await fund(payment)
    const { amount, currency } = quote.terms.source
    const less = { key, transactionHash: "0x1", amount: money(amount - 1n, currency) }
    const refusal = { why: "key_reused", fields: [] }
    expect(await run(world.network.fund(less, 1_000))).toEqual({ _tag: "Refused", refusal })
  })

  it("as more money goes back after a while, and not at once", async () => {
    const payment = await submitted("Jo Example")
    const { world, key, quote } = payment
    await fund(payment)
    await run(world.network.fund({ key, transactionHash: "0x2", amount: quote.terms.source }, 1_000))
    const refundsAfter = async (ms: number) => {
      await world.advance(ms)
      return (await standingNow(world, key)).refunds.length
    }
    expect([await refundsAfter(1_999), await refundsAfter(1)]).toEqual([0, 1])
  })
})

describe("an answer to what was not asked", () => {
  const nothing = { answer: { version: 1, jwe: "" }, files: [] }

  it("is refused: of no payment, to no question, or to one that is asked only later", async () => {
    const { world, key } = await submitted("AsyncRfi")
    const whyOf = async (what: { readonly key: string; readonly rfiId: string }) => {
      const reply = await run(world.network.answerRfi({ ...nothing, ...what }, 1_000))
      return reply._tag === "Refused" ? reply.refusal : reply._tag
    }
    const taken = world.journal.read().find(({ record }) => record === "payment_taken")
    const later = taken?.record === "payment_taken" ? (taken.rfi?.id ?? "") : ""
    expect(later).not.toBe("")
    expect(await whyOf({ key: "nobody", rfiId: later })).toEqual({ why: "payment_not_found", fields: [] })
    expect(await whyOf({ key, rfiId: "nothing" })).toEqual({ why: "rfi_not_found", fields: [] })
    expect(await whyOf({ key, rfiId: later })).toEqual({ why: "rfi_not_found", fields: [] })
    await world.advance(2_000)
    expect(await whyOf({ key, rfiId: later })).toEqual({ why: "jwe_malformed", fields: [] })
  })
})

describe("the simulated network", () => {
  it("runs on no time below zero", async () => {
    await expect(networkWorld({ lateMs: -1 })).rejects.toThrow(
      new RangeError("a time of the simulated network is negative")
    )
  })

  it("does no business with whom it must not", async () => {
    const world = await networkWorld()
    for (const name of ["senderAddress", "refundAddress"] as const) {
      for (const address of [sanctionedAddress, sanctionedAddress.toLowerCase()]) {
        const { payment } = await submissionOf(world, { [name]: address })
        const reply = await run(world.network.submit(payment, 1_000))
        expect(reply).toEqual({ _tag: "Refused", refusal: { why: "sender_sanctioned", fields: [] } })
        expect(await run(world.network.lookup(payment.key, 1_000))).toEqual({ _tag: "Absent" })
      }
    }
  })

  it("offers nothing where the institution takes nothing at present", async () => {
    const { network, request } = await networkWorld({ isOpen: ({ paymentMethod }) => paymentMethod !== "SPEI" })
    expect(await run(network.quote(request))).toEqual({ _tag: "Refused", why: "institution_not_available" })
    const reply = await run(network.quote({ ...request, destinationCountry: "BR", destinationCurrency: "BRL" }))
    expect(reply._tag).toBe("Offered")
  })

  it("charges for the gas where it pays it", async () => {
    const { network, request } = await networkWorld()
    const feesOf = async (transactionVersion: 1 | 2) => {
      const reply = await run(network.quote({ ...request, transactionVersion }))
      return reply._tag === "Offered" ? reply.quotes[0]?.terms.fees.breakdown.map(({ type }) => type) : []
    }
    expect(await feesOf(1)).toEqual(["payout_institution", "network_service"])
    expect(await feesOf(2)).toEqual(["payout_institution", "network_service", "blockchain_gas"])
  })

  it("says that an outcome is in doubt when it cannot write it down", async () => {
    const world = await networkWorld()
    const { payment } = await submissionOf(world)
    world.breakJournal()
    expect(await run(world.network.submit(payment, 1_000))).toMatchObject({ _tag: "Unknown" })
    expect(await run(world.network.lookup(payment.key, 1_000))).toEqual({ _tag: "Absent" })
    expect(await run(Effect.flip(world.network.quote(world.request)))).toMatchObject({
      _tag: "PayoutNetworkUnavailable"
    })
  })
})

describe("the network's memory", () => {
  const bookOf = ({ journal }: NetworkWorld): string =>
    JSON.stringify(journal.read(), (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))

  it("outlives it: after a restart it says the same", async () => {
    const payment = await submitted("CreateRfiL3")
    await answer(payment, {}, await askedOf(payment))
    await payment.world.advance(2_000)
    await fund(payment)
    await payment.world.advance(2_000)
    const after = await run(payment.world.restarted().network.lookup(payment.key, 1_000))
    expect(after).toEqual({ _tag: "Found", standing: await standingNow(payment.world, payment.key) })
  })

  it("keeps its time, even where the clock is set back", async () => {
    const payment = await submitted("AsyncSuccess")
    await payment.world.advance(2_000)
    await fund(payment)
    expect(await saidAfter(payment, -1_000)).toBe("UnderReview Cleared PayoutInitiated")
  })

  it("is not opened where it speaks of what it does not hold", async () => {
    const payment = await submitted("Jo Example")
    await fund(payment)
    const without = (kind: string) => {
      const left = payment.world.journal.read().filter(({ record }) => record !== kind)
      return () => payment.world.restarted({ ...payment.world.journal, read: () => left })
    }
    expect(without("quote_offered")).toThrow("a payment of a quote that was never offered")
    expect(without("payment_taken")).toThrow("a record of a payment that was never taken")
    expect(without("payment_funded")).not.toThrow()
  })

  it("holds nothing of what was encrypted", async () => {
    const payment = await submitted("Jane Confidential")
    await answer(payment, { NAME: "Secret Ltd" }, { ...(await askedAgain(payment)) })
    expect(bookOf(payment.world)).not.toMatch(/Jane|Secret|Springfield/u)
  })

  const askedAgain = async (payment: Submitted) => {
    await payment.world.raiseRfi?.(payment.key, 1)
    return askedOf(payment)
  }
})

describe("an answer with files", () => {
  /** Answers a question of the third level, with what is made of its files. */
  const answeredWith = async (
    change: (files: ReadonlyArray<EncryptedFile>, rfi: NetworkRfi) => Promise<Files> | Files
  ) => {
    const payment = await submitted("CreateRfiL3")
    const rfi = await askedOf(payment)
    const made = await Promise.all(
      rfi.fileRequirements.map((file) =>
        encryptFile(rfi.certificate, { ...file, mediaType: "application/pdf", content: examplePdf })
      )
    )
    const files = await change(made, rfi)
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    const sent = { key: payment.key, rfiId: rfi.id, answer: { version: 1, jwe }, files }
    const reply = await run(payment.world.network.answerRfi(sent, 1_000))
    return reply._tag === "Refused" ? reply.refusal : reply._tag
  }
  type Files = ReadonlyArray<EncryptedFile>

  /** Neither the first nor the last of those that are asked for. */
  const second = "PROOF_OF_ADDRESS_DOCUMENT"

  it("that lacks one is refused by its name, whatever else is there; nobody misses what is optional", async () => {
    const needed = (files: Files, { fileRequirements }: NetworkRfi): Files =>
      files.filter(({ key }) => fileRequirements.some((one) => one.key === key && !one.optional))
    expect(await answeredWith(needed)).toBe("Taken")
    expect(await answeredWith((...all) => needed(...all).filter(({ key }) => key !== second))).toEqual({
      why: "requirements_not_met",
      fields: [second]
    })
  })

  type Sealing = {
    readonly keyLength?: number
    readonly ivLength?: number
    readonly told?: (base64: string) => unknown
  }

  /** Encrypted by other habits than those that are published. */
  const sealed = async ({ certificate }: NetworkRfi, { keyLength = 16, ivLength = 12, told = String }: Sealing) => {
    const [raw, iv] = [new Uint8Array(keyLength).fill(7), new Uint8Array(ivLength).fill(9)]
    const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"])
    const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, new Uint8Array(examplePdf))
    const encryptedKey = await encryptJson(certificate, told(btoa(String.fromCharCode(...raw))))
    return { iv, content: new Uint8Array(content), encryptedKey }
  }

  type Spoil = (file: EncryptedFile, rfi: NetworkRfi) => Promise<Partial<EncryptedFile>> | Partial<EncryptedFile>

  it.each<[string, string, Spoil]>([
    ["of another type", "file_content_invalid", () => ({ mediaType: "image/png" })],
    [
      "altered",
      "decryption_failed",
      ({ content }) => ({ content: content.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) })
    ],
    ["cut", "decryption_failed", ({ content }) => ({ content: content.slice(1) })],
    ["with a key that is not encrypted", "jwe_malformed", () => ({ encryptedKey: "a key" })],
    ["with a longer key", "decryption_failed", (_, rfi) => sealed(rfi, { keyLength: 32 })],
    ["with a longer nonce", "decryption_failed", (_, rfi) => sealed(rfi, { ivLength: 16 })],
    ["with a list of keys", "decryption_failed", (_, rfi) => sealed(rfi, { told: (base64) => [base64] })],
    ["with a key that is no base64", "decryption_failed", (_, rfi) => sealed(rfi, { told: () => "?" })]
  ])("of which one is %s is refused: %s", async (_, why, spoil) => {
    const spoilt = (files: Files, rfi: NetworkRfi): Promise<Files> =>
      Promise.all(files.map(async (file) => (file.key === second ? { ...file, ...(await spoil(file, rfi)) } : file)))
    expect(await answeredWith(spoilt)).toEqual({ why, fields: [second] })
  })

  it("that are encrypted as is published is taken, by whatever means they are", async () => {
    expect(
      await answeredWith((files, rfi) =>
        Promise.all(files.map(async (file) => ({ ...file, ...(await sealed(rfi, {})) })))
      )
    ).toBe("Taken")
  })
})
