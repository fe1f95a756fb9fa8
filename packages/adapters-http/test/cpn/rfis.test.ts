/** Requests for information over HTTP: read, answered, answered badly, with files and without. */
import { PayoutAnswers } from "@paykernel/core/testing"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { list, type Part, part, text } from "../../src/json-part.ts"
import { type Json, openShop, type Shop } from "../shop.ts"
import { scriptedChain } from "./scripted-chain.ts"
import { certificateIn, codeOf, exampleOf, fileForm, type Institution, institution } from "./trade.ts"

let shop: Shop
let ada: Institution
let bob: Institution
const chain = scriptedChain()

beforeAll(async () => {
  shop = await openShop({ fundingChain: chain.wrap })
  ada = institution(shop)
  bob = institution(shop, "Bearer bob")
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

/** The open request of a fresh payment, with the path that it is read at. */
const asked = async (originator: string, quote: Json = {}, change: Json = {}) => {
  const { id, data } = await ada.pay(originator, quote, change)
  const rfi = part(part(data)["activeRfi"])
  return { id, rfi, path: `/v1/cpn/payments/${id}/rfis/${text(rfi["id"])}` }
}

const upload = async (path: string, form: FormData, who = "Bearer ada") => {
  const request = new Request(`https://pay.example${path}/files`, {
    method: "POST",
    body: form,
    headers: { authorization: who }
  })
  const response = await shop.fetch(request)
  const body = await response.text()
  return { status: response.status, text: body, json: body === "" ? {} : JSON.parse(body) }
}

const uploadAll = async (path: string, rfi: Part) => {
  for (const key of list(rfi["fileRequirements"])) {
    const sent = await upload(path, await fileForm(rfi, text(key)))
    if (sent.status !== 204) throw new Error(sent.text)
  }
}

const byIndividuals = { senderType: "INDIVIDUAL" }

describe("a request for information", () => {
  it.each([
    ["CreateRfi", {}, "LEVEL_1", []],
    ["CreateRfiL2", {}, "LEVEL_2", []],
    ["CreateRfiL3", {}, "LEVEL_3", ["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT", "ORG_STRUCTURE"]],
    ["CreateRfiL3", byIndividuals, "LEVEL_3", ["ID_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT"]]
  ])(
    "of %s %j asks at its level, and clears the payment once it is answered",
    async (originator, quote, level, files) => {
      const useCase = quote === byIndividuals ? { useCase: "C2B" } : {}
      const { id, rfi, path } = await asked(originator, quote, useCase)
      expect(rfi).toMatchObject({ paymentId: id, status: "INFORMATION_REQUIRED", level, fileRequirements: files })
      expect((await ada.call("GET", path)).data).toEqual(rfi)
      const ajv = new Ajv2020({ strict: true })
      addFormats.default(ajv)
      const schema = part(part(rfi["fieldRequirements"])["schema"])
      expect(ajv.compile(schema)(exampleOf(schema))).toBe(true)

      await uploadAll(path, rfi)
      const submitted = await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi))
      expect([submitted.status, part(submitted.data)["status"]]).toEqual([200, "IN_REVIEW"])
      await ada.settle()
      expect((await ada.call("GET", path)).data).toMatchObject({ status: "APPROVED" })
      const payment = await ada.payment(id)
      expect([payment["status"], payment["activeRfi"]]).toEqual(["CRYPTO_FUNDS_PENDING", undefined])
      expect(payment["rfis"]).toEqual([{ id: rfi["id"], status: "APPROVED" }])
    }
  )

  it("that is rejected ends the payment, which then takes no transaction", async () => {
    const { id, rfi, path } = await asked("CreateRfi")
    await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi, { NAME: "Rejected" }))
    await ada.settle()
    expect((await ada.call("GET", path)).data).toMatchObject({ status: "REJECTED" })
    expect(await ada.payment(id)).toMatchObject({ status: "FAILED", failureReason: "RFI_VERIFICATION_FAILED" })
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, 290206])
  })

  it("that is looked at for ever takes the same answer again, and no other", async () => {
    const { rfi, path } = await asked("CreateRfi")
    const answer = await ada.answerRfi(rfi, { NAME: "InReview" })
    await ada.call("POST", `${path}/submit`, answer)
    await ada.settle()
    expect((await ada.call("GET", path)).data).toMatchObject({ status: "IN_REVIEW" })
    expect((await ada.call("POST", `${path}/submit`, answer)).status).toBe(200)
    expect(codeOf(await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi)))).toEqual([400, 290401])
  })

  it("that nobody answers in time ends the payment", async () => {
    const { id, rfi, path } = await asked("CreateRfi")
    await shop.advance(1_800_001)
    expect(codeOf(await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi)))[0]).toBe(400)
    await ada.settle()
    expect(await ada.payment(id)).toMatchObject({ status: "FAILED", failureCode: "PM03005" })
    const late = await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi))
    expect(late.status).toBe(400)
    expect([290400, 290401]).toContain(late.json["code"])
  })

  it("is nobody else's, and of one payment", async () => {
    const { rfi, path } = await asked("CreateRfi")
    const other = (await ada.pay()).id
    const elsewhere = path.replace(/payments\/[^/]*/u, `payments/${other}`)
    const answer = await ada.answerRfi(rfi)
    for (const [who, where] of [
      [bob, path],
      [ada, elsewhere],
      [ada, `${path.slice(0, -4)}0000`]
    ] as const) {
      expect(codeOf(await who.call("GET", where))).toEqual([404, 2])
      expect(codeOf(await who.call("POST", `${where}/submit`, answer))).toEqual([404, 2])
    }
    const form = await fileForm(rfi, "INVOICE")
    expect(codeOf(await upload(path, form, "Bearer bob"))).toEqual([404, 2])
    expect(codeOf(await upload(path, form, "Bearer nobody"))).toEqual([401, 4])
  })
})

describe("an answer", () => {
  it("that is not as it was asked is refused by the names of fields, and another one is taken", async () => {
    const { rfi, path } = await asked("CreateRfi")
    const secret = "31 February, by Jane Q. Secret"
    const reply = await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi, { DATE_OF_FORMATION: secret }))
    expect(codeOf(reply)).toEqual([400, 2])
    expect(list(reply.json["errors"]).map(part)).toMatchObject([
      { error: "MISSING_OR_INVALID_FIELD", location: "DATE_OF_FORMATION" }
    ])
    expect(reply.text).not.toContain(secret)
    expect((await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi))).status).toBe(200)
  })

  it.each<readonly [string, (answer: Json) => Json, readonly [number, number]]>([
    ["no JWE", (answer) => withData(answer, "x"), [400, 290502]],
    ["encrypted otherwise", (answer) => withData(answer, withAlgorithm("ECDH-ES")), [400, 290503]],
    ["altered", (answer) => withData(answer, flipped(text(part(answer["rfi"])["data"]))), [400, 290500]],
    ["of another version", ({ rfi }) => ({ rfi: { ...part(rfi), version: 2 } }), [400, 2]],
    ["without a version", ({ rfi }) => ({ rfi: { data: part(rfi)["data"] } }), [400, 2]],
    ["nothing", () => ({}), [400, 2]]
  ])("that is %s is refused", async (_, change, expected) => {
    const { rfi, path } = await asked("CreateRfi")
    expect(codeOf(await ada.call("POST", `${path}/submit`, change(await ada.answerRfi(rfi))))).toEqual(expected)
    expect((await ada.call("GET", path)).data).toMatchObject({ status: "INFORMATION_REQUIRED" })
  })

  it("without the files that are asked for is refused by their keys", async () => {
    const { rfi, path } = await asked("CreateRfiL3")
    await upload(path, await fileForm(rfi, "ORG_STRUCTURE"))
    const reply = await ada.call("POST", `${path}/submit`, await ada.answerRfi(rfi))
    expect(codeOf(reply)).toEqual([400, 290402])
    const missing = list(reply.json["errors"]).map((error) => part(error)["location"])
    expect(missing).toEqual(["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT"])
  })
})

const withData = ({ rfi }: Json, data: string): Json => ({ rfi: { ...part(rfi), data } })
const withAlgorithm = (alg: string): string =>
  `${Buffer.from(JSON.stringify({ alg, enc: "A128GCM", epk: {} })).toString("base64url")}.a.b.c.d`
const flipped = (jwe: string): string => `${jwe.slice(0, -2)}${jwe.at(-2) === "A" ? "B" : "A"}${jwe.slice(-1)}`

describe("a file", () => {
  let rfi: Part
  let path: string
  beforeAll(async () => {
    ;({ rfi, path } = await asked("CreateRfiL3"))
  })

  it("is taken without a word, and the same one again", async () => {
    const form = await fileForm(rfi, "INVOICE")
    expect(await upload(path, form)).toEqual({ status: 204, text: "", json: {} })
    expect((await upload(path, form)).status).toBe(204)
  })

  const tooLarge = { content: new Uint8Array(10 * 1024 * 1024 + 1) }
  it.each<readonly [string, Parameters<typeof fileForm>[2], readonly [number, number]]>([
    ["of a type that is not taken", { metadata: { fileType: "image/svg+xml" } }, [400, 290405]],
    ["of a type that is none", { metadata: { fileType: "pdf" } }, [400, 290405]],
    ["too large", tooLarge, [400, 290404]],
    ["empty", { content: new Uint8Array() }, [400, 290403]],
    ["nothing but a tag", { content: new Uint8Array(16) }, [400, 290403]],
    ["not asked for", { metadata: { fileKey: "DIARY" } }, [400, 2]],
    ["without a name", { metadata: { fileName: "" } }, [400, 2]],
    ["of a key that is no JWE", { encryption: { encryptedAesKey: "AAAA" } }, [400, 290502]],
    ["of a key encrypted otherwise", { encryption: { encryptedAesKey: withAlgorithm("RSA-OAEP") } }, [400, 290503]],
    ["of a nonce that is too short", { encryption: { iv: "AAAA" } }, [400, 2]],
    ["of a nonce that is no base64", { encryption: { iv: "================" } }, [400, 290403]]
  ])("that is %s is refused", async (_, change, expected) => {
    expect(codeOf(await upload(path, await fileForm(rfi, "INVOICE", change)))).toEqual(expected)
  })

  it("that is no form is refused", async () => {
    expect(codeOf(await ada.call("POST", `${path}/files`, { fileMetadata: {} }))).toEqual([415, 415])
  })

  it("whose content cannot be opened, or is another type than was said, is found out with the answer", async () => {
    for (const change of [{ content: new Uint8Array(64) }, { metadata: { fileType: "image/png" } }]) {
      const fresh = await asked("CreateRfiL3")
      await uploadAll(fresh.path, fresh.rfi)
      expect((await upload(fresh.path, await fileForm(fresh.rfi, "INVOICE", change))).status).toBe(204)
      const reply = await ada.call("POST", `${fresh.path}/submit`, await ada.answerRfi(fresh.rfi))
      expect(reply.status).toBe(400)
      expect([290403, 290500]).toContain(reply.json["code"])
      expect((await ada.call("GET", fresh.path)).data).toMatchObject({ status: "INFORMATION_REQUIRED" })
    }
  })

  it("for somebody else's key is found out with the answer", async () => {
    const fresh = await asked("CreateRfiL3")
    await uploadAll(fresh.path, fresh.rfi)
    const quote = await ada.quote()
    const encryptedAesKey = await PayoutAnswers.encryptJson(certificateIn(quote), "not a key")
    await upload(fresh.path, await fileForm(fresh.rfi, "INVOICE", { encryption: { encryptedAesKey } }))
    const reply = await ada.call("POST", `${fresh.path}/submit`, await ada.answerRfi(fresh.rfi))
    expect(reply.status).toBe(400)
    expect([290403, 290500]).toContain(reply.json["code"])
  })
})
