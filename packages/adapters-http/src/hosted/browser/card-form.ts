/** The form: five fields that are judged as they are typed, and read as one when the payer pays. */
import type { DeclineCode } from "../desk.ts"
import type { PageData, ScriptTexts } from "../page-wire.ts"
import { isEmail, isPayerName } from "../payer-fields.ts"
import { expiryDigits, groupExpiry, judgeExpiry, readExpiry } from "./card-dates.ts"
import { brandOf, groupNumber, judgeNumber, numberLengthMax } from "./card-number.ts"
import { bareDigits, type Complaint, digitsOnly, type FormField, formField } from "./form-field.ts"
import { part } from "./page-elements.ts"

export type Entry = {
  readonly number: string
  readonly cvv: string
  readonly expMonth: number
  readonly expYear: number
  readonly name: string
  readonly email: string
}

export type CardForm = {
  /** What was entered, or `undefined` after the first mistake has been told and given the focus. */
  readonly read: () => Entry | undefined
  /** After a decline: the security code is asked for again, since it is not ours to keep. */
  readonly afterDecline: (code: DeclineCode | null) => void
}

export const cardForm = (data: PageData): CardForm => {
  const { texts, month } = data
  const digits = (): string => bareDigits(number.input.value)
  const cvvLengths = (): ReadonlyArray<number> => brandOf(digits()).cvvLengths

  const number: FormField = formField("number", (text) => numberComplaint(bareDigits(text), texts))
  const expiry = formField("expiry", (text) => expiryComplaint(expiryDigits(text), month, texts))
  const cvv = formField("cvv", (text) => {
    const asked = texts.cvvIncomplete.replace("{digits}", cvvLengths().join("/"))
    return cvvLengths().includes(text.length) ? undefined : { text: asked, unfinished: true }
  })
  const name = formField("name", (text) => missing(isPayerName(text), texts.nameMissing))
  const email = formField("email", (text) => missing(isEmail(text.trim()), texts.emailWrong))

  const brand = part("brand", HTMLElement)
  digitsOnly(number.input, formatNumber, () => {
    number.refresh()
    brand.textContent = brandOf(digits()).name
    cvv.input.placeholder = "1234".slice(0, Math.min(...cvvLengths()))
    cvv.input.maxLength = Math.max(...cvvLengths())
    if (cvv.input.value !== "") cvv.refresh()
  })
  digitsOnly(expiry.input, (text, deleting) => groupExpiry(expiryDigits(text), deleting), expiry.refresh)
  digitsOnly(cvv.input, (text) => bareDigits(text).slice(0, Math.max(...cvvLengths())), cvv.refresh)

  // As they stand on the page, so that the focus goes to the uppermost mistake.
  const fields = [number, expiry, cvv, name, email]
  return {
    read: () => {
      const mistaken = fields.filter((field) => !field.check())
      mistaken[0]?.input.focus()
      const date = readExpiry(expiryDigits(expiry.input.value))
      if (mistaken.length > 0 || date === undefined) return undefined
      return {
        number: digits(),
        cvv: cvv.input.value,
        expMonth: date.month,
        expYear: date.year,
        name: name.input.value.trim(),
        email: email.input.value.trim()
      }
    },
    afterDecline: (code) => {
      if (code === null) return
      cvv.input.value = ""
      const blamed = { invalid_card: number, expired_card: expiry, invalid_cvv: cvv }
      if (code in blamed) blamed[code as keyof typeof blamed].input.setAttribute("aria-invalid", "true")
    }
  }
}

const formatNumber = (text: string): string => {
  const digits = bareDigits(text)
  return groupNumber(digits.slice(0, numberLengthMax(digits)))
}

const numberComplaint = (digits: string, texts: ScriptTexts): Complaint | undefined => {
  const verdict = judgeNumber(digits)
  if (verdict === "good") return undefined
  if (verdict === "wrong") return { text: texts.numberWrong, unfinished: false }
  return { text: texts.numberIncomplete, unfinished: true }
}

const expiryComplaint = (digits: string, month: string, texts: ScriptTexts): Complaint | undefined => {
  const verdict = judgeExpiry(digits, month)
  if (verdict === "good") return undefined
  if (verdict === "unfinished") return { text: texts.expiryIncomplete, unfinished: true }
  return { text: verdict === "past" ? texts.expiryPast : texts.expiryWrong, unfinished: false }
}

const missing = (present: boolean, text: string): Complaint | undefined =>
  present ? undefined : { text, unfinished: true }
