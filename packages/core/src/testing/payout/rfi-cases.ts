/** What a payout network promises of its requests for information. */
import { expect } from "vitest"
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import { NotApplicable, type SuiteCases } from "../suite.ts"
import { encryptFile, encryptJson, exampleAnswer, examplePdf, type Fields } from "./encrypt-answer.ts"
import {
  type PayoutNetworkUnderTest,
  run,
  standingNow,
  submissionOf,
  submit,
  timeoutMs,
  whyOf
} from "./network-under-test.ts"

const asks = async (subject: PayoutNetworkUnderTest, level: RfiLevel) => {
  if (subject.raiseRfi === undefined) throw new NotApplicable("asks nothing when it is told to")
  const { payment } = await submissionOf(subject)
  await submit(subject, payment)
  await subject.raiseRfi(payment.key, level)
  const rfi = (await standingNow(subject, payment.key)).rfis.at(-1)
  if (rfi === undefined) throw new Error("nothing was asked")
  return { key: payment.key, rfi }
}

export const rfiCases: SuiteCases<PayoutNetworkUnderTest> = {
  "asks at each level, and decides on the first answer, however often it is sent": async (subject) => {
    for (const level of [1, 2, 3] as const) {
      const { key, rfi } = await asks(subject, level)
      expect(rfi).toMatchObject({ level, answered: false, outcome: null })
      const { certificate, fieldRequirements, fileRequirements } = rfi
      const files = await Promise.all(
        fileRequirements.map((file) =>
          encryptFile(certificate, { key: file.key, mediaType: "application/pdf", content: examplePdf })
        )
      )
      const jwe = await encryptJson(certificate, exampleAnswer(fieldRequirements))
      const answer = { version: fieldRequirements.version, jwe }
      expect((await run(subject.network.answerRfi({ key, rfiId: rfi.id, answer, files }, timeoutMs)))._tag).toBe(
        "Taken"
      )
      await subject.advance(subject.settledWithinMs)
      expect((await standingNow(subject, key)).rfis.at(-1)).toMatchObject({
        answered: true,
        outcome: { _tag: "Approved" }
      })
      const again = await run(subject.network.answerRfi({ key, rfiId: rfi.id, answer, files }, timeoutMs))
      expect(again).toEqual({ _tag: "Taken", standing: await standingNow(subject, key) })
      const other = { ...answer, jwe: await encryptJson(certificate, exampleAnswer(fieldRequirements)) }
      const another = await run(subject.network.answerRfi({ key, rfiId: rfi.id, answer: other, files }, timeoutMs))
      expect(whyOf(another)).toBe("rfi_not_submittable")
    }
  },
  "takes no answer that lacks a field or a file, that it cannot open, or that comes too late": async (subject) => {
    const { key, rfi } = await asks(subject, 3)
    const { certificate, fieldRequirements, id: rfiId, expiresAtMs } = rfi
    const answerWith = async (fields: Fields) =>
      run(
        subject.network.answerRfi(
          {
            ...{ key, rfiId, files: [] },
            answer: { version: fieldRequirements.version, jwe: await encryptJson(certificate, fields) }
          },
          timeoutMs
        )
      )
    expect(whyOf(await answerWith({}))).toBe("requirements_not_met")
    expect(whyOf(await answerWith(exampleAnswer(fieldRequirements)))).toBe("requirements_not_met")
    // What was refused was no answer: the question is open still.
    expect((await standingNow(subject, key)).rfis.at(-1)).toMatchObject({ answered: false, outcome: null })
    await subject.advance(expiresAtMs - subject.nowMs())
    expect(whyOf(await answerWith(exampleAnswer(fieldRequirements)))).toBe("rfi_expired")
  }
}
