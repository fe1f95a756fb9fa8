/** What a payout network promises of encrypted answers: opened by it alone, and held against what it asked. */
import { expect } from "vitest"
import { NotApplicable, type SuiteCases } from "../suite.ts"
import { encryptJson, encryptList, exampleAnswer } from "./encrypt-answer.ts"
import { type PayoutNetworkUnderTest, run, submissionOf, submit, whyOf } from "./network-under-test.ts"

export const answerCases: SuiteCases<PayoutNetworkUnderTest> = {
  "opens nothing that was altered or written for somebody else": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    const refusalOf = async (jwe: string) =>
      whyOf(await submit(subject, { ...payment, travelRule: { ...payment.travelRule, jwe } }))
    const [head = "", key = "", iv = "", text = "", tag = ""] = payment.travelRule.jwe.split(".")
    const flipped = `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`
    expect(await refusalOf([head, key, iv, flipped, tag].join("."))).toBe("decryption_failed")
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"])
    const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey)
    const { certificate } = quote.terms
    const stranger = { ...certificate, jwk: { ...certificate.jwk, x, y } }
    expect(await refusalOf(await encryptList(stranger, {}))).toBe("decryption_failed")
    expect(await refusalOf(await encryptJson(certificate, [], { alg: "ECDH-ES+A256KW", enc: "A128GCM" }))).toBe(
      "encryption_unsupported"
    )
    expect(await refusalOf(await encryptJson(certificate, [], { alg: "ECDH-ES+A128KW", enc: "A256GCM" }))).toBe(
      "encryption_unsupported"
    )
    for (const malformed of ["", "a.b.c", "....", `${payment.travelRule.jwe}.more`, "not a token"]) {
      expect(await refusalOf(malformed)).toBe("jwe_malformed")
    }
    expect((await submit(subject, payment))._tag).toBe("Taken")
  },
  "names the fields that are missing or wrong, and never what stands in them": async (subject) => {
    const { payment, quote } = await submissionOf(subject)
    const asked = await run(subject.network.requirements(quote.id))
    if (asked === undefined) throw new Error("the quote that was offered is not known")
    const [first] = asked.travelRule.fields.filter(({ optional, type }) => !optional && type === "text")
    const [second] = asked.travelRule.fields.filter(({ optional, type }) => !optional && type === "address")
    if (first === undefined || second === undefined) throw new NotApplicable("asks for no text and no address")
    const faulty = exampleAnswer(asked.travelRule, { [first.name]: null, [second.name]: { street: "Secret Street 5" } })
    const jwe = await encryptList(quote.terms.certificate, faulty)
    const reply = await submit(subject, { ...payment, travelRule: { ...payment.travelRule, jwe } })
    expect(whyOf(reply)).toBe("requirements_not_met")
    expect(reply._tag === "Refused" ? [...reply.refusal.fields].sort() : []).toEqual([first.name, second.name].sort())
    expect(JSON.stringify(reply)).not.toContain("Secret Street")
  },
  "reads no answer by the rules of another version": async (subject) => {
    const { payment } = await submissionOf(subject)
    const travelRule = { ...payment.travelRule, version: payment.travelRule.version + 1 }
    expect(whyOf(await submit(subject, { ...payment, travelRule }))).toBe("requirements_version_unknown")
  }
}
