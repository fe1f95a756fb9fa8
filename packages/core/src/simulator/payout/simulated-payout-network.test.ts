import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { NetworkReply, NetworkStanding } from "../../ports/payout-network.ts"
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

describe("the simulated network", () => {
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

it("a file that is not what it says is refused", async () => {
  const payment = await submitted("CreateRfiL3")
  const rfi = await askedOf(payment)
  const files = await Promise.all(
    rfi.fileRequirements.map(({ key }) =>
      encryptFile(rfi.certificate, { key, mediaType: "image/png", content: examplePdf })
    )
  )
  const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
  const sent = { key: payment.key, rfiId: rfi.id, answer: { version: 1, jwe }, files }
  const reply = await run(payment.world.network.answerRfi(sent, 1_000))
  expect(reply).toEqual({ _tag: "Refused", refusal: { why: "file_content_invalid", fields: [files[0]?.key] } })
})

describe("a file that cannot be opened", () => {
  it.each([
    ["altered", (content: Uint8Array) => content.map((byte, at) => (at === 0 ? byte ^ 1 : byte))],
    ["cut", (content: Uint8Array) => content.slice(1)]
  ])("is refused: %s", async (_, spoil) => {
    const payment = await submitted("CreateRfiL3")
    const rfi = await askedOf(payment)
    const content = examplePdf
    const files = await Promise.all(
      rfi.fileRequirements.map((file) =>
        encryptFile(rfi.certificate, { ...file, mediaType: "application/pdf", content })
      )
    )
    const spoilt = files.map((file, at) => (at === 1 ? { ...file, content: spoil(file.content) } : file))
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    const sent = { key: payment.key, rfiId: rfi.id, answer: { version: 1, jwe }, files: spoilt }
    const reply = await run(payment.world.network.answerRfi(sent, 1_000))
    expect(reply).toEqual({ _tag: "Refused", refusal: { why: "decryption_failed", fields: [files[1]?.key] } })
  })
})
