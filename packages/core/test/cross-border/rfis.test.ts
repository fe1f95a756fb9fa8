import { type Rfi, rfiFileMaxBytes, type UploadRfiFileInput } from "@paykernel/core"
import type { FundingChain, NetworkStanding, PayoutNetwork, Vault } from "@paykernel/core/effect"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import {
  answer,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  encryptFile,
  encryptJson,
  errorOf,
  exampleAnswer,
  examplePdf,
  fund,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  signed,
  submitTransaction,
  viewOf,
  type WorldOptions
} from "./cross-border-world.ts"
import { sealedIn } from "./kept-records.ts"

/** A payment that is asked about, in a world of its own. */
const asked = async (originator = "CreateRfiL3", options: WorldOptions = {}) => {
  const world = await crossBorderWorld(options)
  const { payment, activeRfi } = await payAs(world, originator)
  if (activeRfi === null) throw new Error("nothing was asked")
  return { world, payment, rfi: activeRfi }
}

/** A payment that waits for its money, about which nothing was asked. */
const unasked = async (options: WorldOptions = {}) => {
  const world = await crossBorderWorld(options)
  const { payment } = await payAs(world, "Ada Example")
  return { world, payment }
}

const pdf = ({ certificate }: Rfi, key: string, content = examplePdf) =>
  encryptFile(certificate, { key, mediaType: "application/pdf", content })

const upload = ({ kernel }: CrossBorderWorld, { paymentId, id }: Rfi, file: UploadRfiFileInput) =>
  kernel.crossBorder.rfis.uploadFile(merchantId, paymentId, id, file)

const submit = ({ kernel }: CrossBorderWorld, { paymentId, id }: Rfi, jwe: string, version = 1) =>
  kernel.crossBorder.rfis.submit(merchantId, paymentId, id, { version, jwe })

/** A vault that holds the first text for a field, when it is sealed or when it is opened, until it is let go. */
const holdingVault = async (field: string, call: "seal" | "open" = "seal") => {
  const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
  const gate = Promise.withResolvers<void>()
  let held = 0
  const holding = <A, E>(place: { readonly field: string }, work: Effect.Effect<A, E>) =>
    place.field === field && held++ === 0
      ? Effect.andThen(
          Effect.promise(() => gate.promise),
          work
        )
      : work
  const vault: Vault["Service"] = {
    ...own,
    ...(call === "seal"
      ? { seal: (secret, place) => holding(place, own.seal(secret, place)) }
      : { open: (sealed, place) => holding(place, own.open(sealed, place)) })
  }
  return { vault, isHolding: () => held > 0, letGo: () => gate.resolve() }
}

/** A vault that counts what it seals of a field, and opens what it is told to in place of what was sealed. */
const watchedVault = async () => {
  const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
  const sealed: Array<string> = []
  const instead = new Map<string, string>()
  const vault: Vault["Service"] = {
    ...own,
    seal: (secret, place) =>
      Effect.suspend(() => {
        sealed.push(place.field)
        return own.seal(secret, place)
      }),
    open: (text, place) =>
      Effect.map(own.open(text, place), (secret) => {
        const other = instead.get(place.field)
        return other === undefined ? secret : Redacted.make(other)
      })
  }
  return { vault, sealed, instead }
}

describe("what was sealed and is opened as something else", () => {
  it.each([
    ["rfi-answer", "{}", "a sealed answer is not one"],
    ["rfi-answer", '["1","jwe"]', "a sealed answer is not one"],
    ["rfi-answer", "[1,2]", "a sealed answer is not one"],
    ["rfi-file:key", "{}", "a sealed key is not one"],
    ["rfi-file:key", '["key",1]', "a sealed key is not one"],
    ["rfi-file:key", '[1,"iv"]', "a sealed key is not one"],
    ["rfi-file:0", "?", "a sealed part is not one"]
  ])("never goes out: %s as %s", async (field, text, why) => {
    const { vault, instead } = await watchedVault()
    let answers = 0
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      answerRfi: (submitted, timeoutMs) => {
        answers++
        return network.answerRfi(submitted, timeoutMs)
      }
    })
    const { world, rfi } = await asked(field === "rfi-answer" ? "CreateRfi" : "CreateRfiL3", {
      ...{ kernel: { vault }, reach }
    })
    instead.set(field, text)
    await expect(answer(world, rfi)).rejects.toThrow(why)
    expect(answers).toBe(0)
    instead.clear()
    await pass(world, 60_000, 2)
    expect(answers).toBe(1)
  })
})

describe("a file of an answer", () => {
  it("is another payment's business, or nobody's", async () => {
    const { vault, sealed } = await watchedVault()
    const { world, rfi } = await asked("CreateRfiL3", { kernel: { vault } })
    const other = await payAs(world, "CreateRfiL3")
    const file = await pdf(rfi, "INVOICE")
    expect(errorOf(await upload(world, { ...rfi, paymentId: other.payment.id }, file))).toBe("RfiNotFound")
    expect(errorOf(await upload(world, { ...rfi, paymentId: "none" }, file))).toBe("PaymentNotFound")
    expect(sealed.filter((field) => field.startsWith("rfi-file"))).toEqual([])
  })

  it("is not even worked on where it cannot be taken any more", async () => {
    const { vault, sealed } = await watchedVault()
    const { world, rfi } = await asked("CreateRfiL3", { kernel: { vault } })
    ok(await answer(world, rfi))
    const before = sealed.length
    const longer = new Uint8Array([...examplePdf, 32])
    expect(errorOf(await upload(world, rfi, await pdf(rfi, "INVOICE")))).toBe("RfiNotSubmittable")
    expect(errorOf(await upload(world, rfi, await pdf(rfi, "ORG_STRUCTURE", longer)))).toBe("RfiNotSubmittable")
    expect(errorOf(await upload(world, rfi, await pdf(rfi, "INVOICE", longer)))).toBe("RfiNotSubmittable")
    expect(sealed).toHaveLength(before)
  })

  it("is kept sealed until it goes out, and counts once", async () => {
    const { world, rfi } = await asked()
    const big = await pdf(
      rfi,
      "FORMATION_DOCUMENT",
      new Uint8Array([...examplePdf, ...new Uint8Array(300_000).fill(65)])
    )
    const first = ok(await upload(world, rfi, big))
    expect(first.files).toMatchObject([{ key: "FORMATION_DOCUMENT", sizeBytes: big.content.length }])
    expect(ok(await upload(world, rfi, big)).files).toHaveLength(1)
    expect(await sealedIn(world)).toEqual(["rfi-file:0", "rfi-file:1", "rfi-file:key"])
    ok(await upload(world, rfi, await pdf(rfi, "ORG_STRUCTURE")))
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    expect(await submit(world, rfi, jwe)).toEqual({
      ok: false,
      error: { _tag: "RfiFilesMissing", keys: ["PROOF_OF_ADDRESS_DOCUMENT"] }
    })
    ok(await upload(world, rfi, await pdf(rfi, "PROOF_OF_ADDRESS_DOCUMENT")))
    expect(ok(await submit(world, rfi, jwe)).status).toBe("in_review")
    expect(await sealedIn(world)).toEqual([])
    // It is there, whenever it is sent again; another one comes too late.
    expect(ok(await upload(world, rfi, big)).files).toHaveLength(3)
    expect(errorOf(await upload(world, rfi, await pdf(rfi, "INVOICE")))).toBe("RfiNotSubmittable")
    expect(errorOf(await upload(world, rfi, await pdf(rfi, "ORG_STRUCTURE")))).toBe("RfiNotSubmittable")
    expect(await sealedIn(world)).toEqual([])
  })

  it.each<[string, Partial<UploadRfiFileInput>, object]>([
    ["under a key that was not asked for", { key: "ID_DOCUMENT" }, { _tag: "RfiFileNotAsked", key: "ID_DOCUMENT" }],
    ["of another type", { mediaType: "image/svg+xml" }, { _tag: "RfiFileTypeUnsupported" }],
    [
      "that is too large",
      { content: new Uint8Array(rfiFileMaxBytes + 1) },
      { _tag: "RfiFileTooLarge", maxBytes: rfiFileMaxBytes }
    ],
    ["whose key is not encrypted", { encryptedKey: "c2VjcmV0" }, { _tag: "FileEncryptionInvalid", why: "key_invalid" }],
    [
      "with a nonce of another length",
      { iv: new Uint8Array(16) },
      { _tag: "FileEncryptionInvalid", why: "iv_invalid" }
    ],
    [
      "that is nothing but a tag",
      { content: new Uint8Array(16) },
      { _tag: "FileEncryptionInvalid", why: "content_empty" }
    ]
  ])("%s is refused, and nothing is kept of it", async (_, change, error) => {
    const { vault, sealed } = await watchedVault()
    const { world, rfi } = await asked("CreateRfiL3", { kernel: { vault } })
    const file = await pdf(rfi, "INVOICE")
    expect(await upload(world, rfi, { ...file, ...change })).toEqual({ ok: false, error })
    expect(await sealedIn(world)).toEqual([])
    expect(sealed.filter((field) => field.startsWith("rfi-file"))).toEqual([])
  })

  it.each(["altered", "no pdf"])("that is %s is refused with its answer, and sent anew", async (kind) => {
    const { world, payment, rfi } = await asked()
    const good = await pdf(rfi, "ORG_STRUCTURE", kind === "no pdf" ? new Uint8Array([1, 2, 3, 4]) : examplePdf)
    const content = Uint8Array.from(good.content, (byte, at) => (kind === "altered" && at === 0 ? byte ^ 1 : byte))
    ok(await upload(world, rfi, { ...good, content }))
    for (const key of ["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT"])
      ok(await upload(world, rfi, await pdf(rfi, key)))
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    const refused = await submit(world, rfi, jwe)
    expect(refused).toMatchObject({ error: { _tag: "RefusedByNetwork", refusal: { fields: ["ORG_STRUCTURE"] } } })
    const after = ok(await world.kernel.crossBorder.rfis.get(merchantId, payment.id, rfi.id))
    expect(after).toMatchObject({ status: "information_required", answer: null, refusals: 1 })
    expect(after.files.map(({ key }) => key)).toEqual(["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT"])
    expect((await paymentOf(world, payment.id)).rfis).toMatchObject([{ status: "information_required" }])
    expect(errorOf(await submit(world, rfi, jwe))).toBe("RfiFilesMissing")
    ok(await upload(world, rfi, await pdf(rfi, "ORG_STRUCTURE")))
    expect(ok(await submit(world, rfi, jwe)).status).toBe("in_review")
    await pass(world, 10_000)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(await sealedIn(world)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("an answer", () => {
  it("is given once; the same again is nothing new", async () => {
    const { world, rfi } = await asked("CreateRfi")
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    expect(ok(await submit(world, rfi, jwe)).status).toBe("in_review")
    expect(ok(await submit(world, rfi, jwe)).status).toBe("in_review")
    const other = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    expect(errorOf(await submit(world, rfi, other))).toBe("RfiNotSubmittable")
    await pass(world, 10_000)
    expect(ok(await submit(world, rfi, jwe)).status).toBe("approved")
    expect(await sealedIn(world)).toEqual([])
  })

  it("is given to the request that it is about, among those of its payment", async () => {
    const { world, payment, rfi } = await asked("CreateRfi")
    const other = await payAs(world, "CreateRfi")
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    expect(errorOf(await submit(world, { ...rfi, paymentId: other.payment.id }, jwe))).toBe("RfiNotFound")
    expect(errorOf(await submit(world, { ...rfi, paymentId: "none" }, jwe))).toBe("PaymentNotFound")
    expect((await viewOf(world, payment.id)).activeRfi).toEqual(rfi)
    expect((await viewOf(world, other.payment.id)).activeRfi).toEqual(other.activeRfi)
  })

  it("that is no JWE is called so, by its name", async () => {
    const { world, rfi } = await asked("CreateRfi")
    const error = { _tag: "JweNotAcceptable", field: "answer", why: "jwe_malformed" }
    expect(await submit(world, rfi, "a.b.c")).toEqual({ ok: false, error })
  })

  it("is handed over by somebody else where who took it was too slow, and he is told to come again", async () => {
    const { vault, isHolding, letGo } = await holdingVault("rfi-answer", "open")
    const { world, payment, rfi } = await asked("CreateRfi", { kernel: { vault } })
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    const slow = submit(world, rfi, jwe)
    await expect.poll(isHolding).toBe(true)
    await pass(world, 300_000)
    letGo()
    expect(errorOf(await slow)).toBe("Unavailable")
    expect(ok(await submit(world, rfi, jwe)).status).toBe("approved")
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(await sealedIn(world)).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("whose fate is unknown is handed over no more, and forgotten, when it is heard that it was decided", async () => {
    let answers = 0
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      answerRfi: (submitted, timeoutMs) => {
        answers++
        return Effect.as(network.answerRfi(submitted, timeoutMs), { _tag: "Unknown", why: "a test" })
      }
    })
    const { world, payment, rfi } = await asked("CreateRfi", { reach })
    ok(await answer(world, rfi))
    world.clock.ms += 10_000
    expect(ok(await world.kernel.crossBorder.payments.hear(merchantId, payment.id)).activeRfi).toBe(null)
    expect(await sealedIn(world)).toEqual([])
    await pass(world, 60_000)
    expect(answers).toBe(1)
    expect(world.incidents).toEqual([])
  })

  it("that is decided as soon as it is heard is forgotten with that", async () => {
    const decided = ({ reports, rfis, refunds }: NetworkStanding): NetworkStanding => ({
      reports: [...reports, { _tag: "Cleared" }],
      rfis: rfis.map((one) => ({ ...one, answered: true, outcome: { _tag: "Approved" } })),
      refunds
    })
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      answerRfi: (submitted, timeoutMs) =>
        Effect.map(network.answerRfi(submitted, timeoutMs), (reply) =>
          reply._tag === "Taken" ? { ...reply, standing: decided(reply.standing) } : reply
        )
    })
    const { world, payment, rfi } = await asked("CreateRfiL3", { reach })
    expect(ok(await answer(world, rfi)).status).toBe("approved")
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(await sealedIn(world)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is forgotten, with its files, by whoever hears first that it was decided", async () => {
    const { world, payment, rfi } = await asked("CreateRfiL3")
    ok(await answer(world, rfi))
    world.clock.ms += 10_000
    const { payments } = world.kernel.crossBorder
    expect(ok(await payments.hear(merchantId, payment.id)).activeRfi).toBe(null)
    expect(await viewOf(world, payment.id)).toMatchObject({
      ...{ activeRfi: null, payment: { status: "crypto_funds_pending", rfis: [{ status: "approved" }] } }
    })
    expect(await sealedIn(world)).toEqual([])
  })

  it.each<[string, (rfi: Rfi) => Promise<string>, number, string]>([
    ["that is no JWE", async () => "a.b.c", 1, "JweNotAcceptable"],
    ["to another version", async ({ certificate }) => encryptJson(certificate, {}), 2, "RequirementsVersionDiffers"],
    ["that leaves fields out", async ({ certificate }) => encryptJson(certificate, {}), 1, "RefusedByNetwork"],
    [
      "that is altered",
      async ({ certificate }) => `${(await encryptJson(certificate, {})).slice(0, -4)}AAAA`,
      1,
      "RefusedByNetwork"
    ]
  ])("%s is refused, and the request is open as before", async (_, write, version, tag) => {
    const { world, payment, rfi } = await asked("CreateRfi")
    expect(errorOf(await submit(world, rfi, await write(rfi), version))).toBe(tag)
    expect((await viewOf(world, payment.id)).activeRfi).toMatchObject({ status: "information_required", answer: null })
    expect(await sealedIn(world)).toEqual([])
    ok(await answer(world, rfi))
    await pass(world, 10_000)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
  })

  it("given twice at once, and refused each time, leaves the request open for another", async () => {
    const { vault, isHolding, letGo } = await holdingVault("rfi-answer")
    const { world, payment, rfi } = await asked("CreateRfi", { kernel: { vault } })
    const jwe = await encryptJson(rfi.certificate, {})
    const slow = submit(world, rfi, jwe)
    await expect.poll(isHolding).toBe(true)
    expect(errorOf(await submit(world, rfi, jwe))).toBe("RefusedByNetwork")
    letGo()
    expect(errorOf(await slow)).toBe("RefusedByNetwork")
    expect((await viewOf(world, payment.id)).activeRfi).toMatchObject({ status: "information_required", refusals: 2 })
    ok(await answer(world, rfi))
    await pass(world, 10_000)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(await sealedIn(world)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("comes in time, to the millisecond", async () => {
    const { world, payment, rfi } = await asked("CreateRfi")
    const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
    world.clock.ms = rfi.expiresAtMs
    expect(errorOf(await submit(world, rfi, jwe))).toBe("RfiHasExpired")
    await world.kernel.drain()
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", failureCode: "PM03005" })
    const late = await asked("CreateRfi")
    late.world.clock.ms = late.rfi.expiresAtMs - 1
    ok(await answer(late.world, late.rfi))
    // A worker that has looked before the answer came looks again after minutes.
    await pass(late.world, 1_000_000, 3)
    expect((await paymentOf(late.world, late.payment.id)).status).toBe("crypto_funds_pending")
  })

  it("whose fate is unknown is handed over again until it is known, and then forgotten", async () => {
    let answers = 0
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      answerRfi: (submitted, timeoutMs) => {
        answers++
        const answered = network.answerRfi(submitted, timeoutMs)
        return answers < 3 ? Effect.as(answered, { _tag: "Unknown", why: "a test" } as const) : answered
      }
    })
    const { world, payment, rfi } = await asked("CreateRfiL3", { reach })
    expect(ok(await answer(world, rfi, { NAME: "InReview" })).status).toBe("in_review")
    expect(await sealedIn(world)).not.toEqual([])
    await pass(world, 10_000, 8)
    expect(answers).toBe(3)
    expect(await sealedIn(world)).toEqual([])
    expect((await viewOf(world, payment.id)).activeRfi?.status).toBe("in_review")
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a request that comes when a payment is under way", () => {
  it("holds back what is planned, and what is signed", async () => {
    const { world, payment } = await unasked()
    const planned = await createTransaction(world, payment)
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    await pass(world, 4_000)
    const { activeRfi } = await viewOf(world, payment.id)
    if (activeRfi === null) throw new Error("nothing was asked")
    const { transactions } = world.kernel.crossBorder
    const signedTransaction = signed(world, planned)
    const submit = () => transactions.submit(merchantId, payment.id, planned.id, { signedTransaction })
    expect(await submit()).toEqual({ ok: false, error: { _tag: "RfiPending", rfiId: activeRfi.id } })
    ok(await answer(world, activeRfi))
    await pass(world, 10_000)
    expect(ok(await submit()).status).toBe("pending")
    await pass(world, 20_000)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
  })

  it("holds back what is signed and was not sent yet", async () => {
    let isSilent = true
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      broadcast: (funding, timeoutMs) =>
        isSilent ? Effect.succeed({ _tag: "NotSent", why: "a test" }) : chain.broadcast(funding, timeoutMs)
    })
    const { world, payment } = await unasked({ reachChain })
    const planned = await createTransaction(world, payment)
    await submitTransaction(world, planned)
    await world.kernel.drain()
    isSilent = false
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    const { transactions, payments } = world.kernel.crossBorder
    const { activeRfi } = ok(await payments.hear(merchantId, payment.id))
    if (activeRfi === null) throw new Error("nothing was asked")
    await pass(world, 20_000, 8)
    expect(ok(await transactions.get(merchantId, payment.id, planned.id)).status).toBe("pending")
    ok(await answer(world, activeRfi))
    await pass(world, 90_000, 12)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
  })

  it("holds the money back until it is answered, at whatever level", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 2))
    await pass(world, 4_000)
    const { activeRfi } = await viewOf(world, payment.id)
    if (activeRfi === null) throw new Error("nothing was asked")
    expect(activeRfi.level).toBe(2)
    const { transactions } = world.kernel.crossBorder
    const refused = await transactions.create(merchantId, payment.id, { version: 1, metadata: null })
    expect(refused).toEqual({ ok: false, error: { _tag: "RfiPending", rfiId: activeRfi.id } })
    ok(await answer(world, activeRfi))
    await pass(world, 20_000)
    await fund(world, payment)
    await pass(world, 20_000)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    // And once more after it was paid out.
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 3))
    await pass(world, 120_000)
    const late = (await viewOf(world, payment.id)).activeRfi
    if (late === null) throw new Error("nothing was asked")
    ok(await answer(world, late, { NAME: "Rejected" }))
    await pass(world, 120_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({
      ...{ status: "completed", failureCode: null, rfis: [{ status: "approved" }, { status: "rejected" }] }
    })
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })
})
