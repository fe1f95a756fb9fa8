import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  type FieldRequirement,
  jsonSchemaOf,
  needed,
  optional,
  type PaymentParties,
  paymentRequirements,
  rfiLevels,
  rfiRequirements
} from "./index.ts"
import { FieldRequirementsCodec, FileRequirementCodec } from "./requirement.schema.ts"

const names = (fields: ReadonlyArray<{ readonly name: string }>) => fields.map(({ name }) => name)
const parties = ["individual", "business"] as const

/** Each field in a line: its name, a question mark where it may be left out, and its type unless that is text. */
const outline = (fields: ReadonlyArray<FieldRequirement>) =>
  fields.map(({ name, optional, type }) => `${name}${optional ? "?" : ""}${type === "text" ? "" : ` ${type}`}`)

describe("a request for information", () => {
  it.each(parties)("about an %s asks more at each level, and all that it asked before", (party) => {
    const [one, two, three] = rfiLevels.map((level) => rfiRequirements(party, level))
    if (one === undefined || two === undefined || three === undefined) throw new Error("there are three levels")
    expect(names(two.fields.fields).slice(0, one.fields.fields.length)).toEqual(names(one.fields.fields))
    expect(names(three.fields.fields).slice(0, two.fields.fields.length)).toEqual(names(two.fields.fields))
    expect(two.fields.fields.length).toBeGreaterThan(one.fields.fields.length)
    expect([one.files.length, two.files.length]).toEqual([0, 0])
    expect(three.files.length).toBeGreaterThan(0)
  })

  it("asks an individual for what is published", () => {
    const { fields, files } = rfiRequirements("individual", 3)
    expect(outline(fields.fields)).toEqual([
      ...["NAME", "ADDRESS address", "DATE_OF_BIRTH date", "NATIONAL_IDENTIFICATION_NUMBER"],
      ...["SOURCE_OF_FUNDS", "METHOD_OF_VERIFICATION"],
      ...["NATIONALITY country", "EMAIL", "PHONE", "OCCUPATION", "ID_DOC_TYPE"]
    ])
    expect(fields.fields.at(-1)?.values).toEqual(["PASSPORT", "DRIVERS_LICENSE", "NATIONAL_ID"])
    expect(files).toEqual([
      { key: "ID_DOCUMENT", optional: false },
      { key: "PROOF_OF_ADDRESS_DOCUMENT", optional: false },
      { key: "ADDITIONAL_DOCUMENTS", optional: true }
    ])
  })

  it("asks a business for what is published", () => {
    const { fields, files } = rfiRequirements("business", 3)
    expect(outline(fields.fields)).toEqual([
      ...["SOURCE_OF_FUNDS", "METHOD_OF_VERIFICATION", "NAME", "TRADE_NAME", "NATIONAL_IDENTIFICATION_NUMBER"],
      ...["DATE_OF_FORMATION date", "COUNTRY_OF_FORMATION country", "ENTITY_TYPE", "INDUSTRY_TYPE", "ADDRESS address"],
      ...["AUTHORIZED_SIGNATORIES individual", "BENEFICIARY_OWNERSHIP boolean"],
      ...["BENEFICIARY_OWNERS? beneficiary_owner", "INTERMEDIARY_BENEFICIARY_OWNERS? intermediary_owner"],
      ...["WEBSITE?", "EMAIL?", "PHONE?"]
    ])
    expect(files).toEqual([
      { key: "FORMATION_DOCUMENT", optional: false },
      { key: "PROOF_OF_ADDRESS_DOCUMENT", optional: false },
      { key: "ORG_STRUCTURE", optional: false },
      { key: "INVOICE", optional: true },
      { key: "BENEFICIARY_OWNERS_DOCUMENT", optional: true }
    ])
  })

  it("names every field once", () => {
    for (const party of parties) {
      const asked = names(rfiRequirements(party, 3).fields.fields)
      expect(new Set(asked).size).toBe(asked.length)
    }
  })
})

describe("the JSON Schema of requirements", () => {
  it("says what the published one says, of a business", () => {
    const text = (description: string) => ({ type: "string", description })
    const address = { $ref: "#/$defs/address" }
    const person = {
      name: text("Individual's full name"),
      address,
      dateOfBirth: { type: "string", format: "date", description: "Individual's date of birth (YYYY-MM-DD)" }
    }
    expect(jsonSchemaOf(rfiRequirements("business", 2).fields)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "RFI Requirements",
      type: "object",
      properties: {
        NAME: text("Business legal registered name"),
        COUNTRY_OF_FORMATION: { type: "string", pattern: "^[A-Z]{2}$", description: "Entity formation country" },
        DATE_OF_FORMATION: { type: "string", format: "date", description: "Company formation date (YYYY-MM-DD)" },
        BENEFICIARY_OWNERSHIP: { type: "boolean" },
        ADDRESS: address,
        AUTHORIZED_SIGNATORIES: { $ref: "#/$defs/individual" },
        BENEFICIARY_OWNERS: { $ref: "#/$defs/beneficiaryOwner" },
        INTERMEDIARY_BENEFICIARY_OWNERS: { $ref: "#/$defs/intermediaryBeneficiaryOwner" }
      },
      $defs: {
        address: { required: ["street", "city", "country"] },
        individual: { required: ["name", "address", "dateOfBirth"], properties: person },
        beneficiaryOwner: { required: ["name", "address", "dateOfBirth", "percentage"] },
        intermediaryBeneficiaryOwner: {
          required: ["name", "address", "dateOfFormation", "countryOfFormation", "percentage"]
        }
      }
    })
  })

  it("defines no more than it uses", () => {
    const schemaOf = (...fields: ReadonlyArray<ReturnType<typeof needed>>) =>
      jsonSchemaOf({ version: 1, title: "t", description: "d", fields })
    expect(schemaOf(needed("NAME", "Name"))).not.toHaveProperty("$defs")
    expect(Object.keys(schemaOf(needed("HOME", "Home", "address"))["$defs"] ?? {})).toEqual(["address"])
    expect(Object.keys(schemaOf(needed("WHO", "Who", "individual"))["$defs"] ?? {})).toEqual(["address", "individual"])
  })

  it("lists the texts that are taken, and needs what is not optional", () => {
    const fields = [needed("TYPE", "Type", "text", ["A", "B"]), optional(needed("MORE", "More"))]
    expect(jsonSchemaOf({ version: 1, title: "t", description: "d", fields })).toMatchObject({
      required: ["TYPE"],
      properties: { TYPE: { type: "string", enum: ["A", "B"] }, MORE: { type: "string" } }
    })
  })
})

describe("what is told with a payment", () => {
  const requirementsOf = (senderType: (typeof parties)[number], recipientType: (typeof parties)[number]) =>
    paymentRequirements({ senderType, recipientType, paymentMethod: "SPEI" })

  it("is about both parties and the institution", () => {
    const institution = [
      ...["ORIGINATOR_FINANCIAL_INSTITUTION_NAME", "ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS address"],
      "ORIGINATOR_FINANCIAL_INSTITUTION_ID?"
    ]
    const originator = ["ORIGINATOR_NAME", "ORIGINATOR_ACCOUNT_NUMBER", "ORIGINATOR_ADDRESS address"]
    const beneficiary = ["BENEFICIARY_NAME", "BENEFICIARY_ADDRESS address"]
    const reached = ["BENEFICIARY_PHONE_NUMBER?", "BENEFICIARY_EMAIL?"]
    expect(outline(requirementsOf("individual", "business").travelRule.fields)).toEqual([
      ...[...institution, ...originator, "ORIGINATOR_DATE_OF_BIRTH date", "ORIGINATOR_NATIONALITY country"],
      ...["ORIGINATOR_NATIONAL_IDENTIFICATION_NUMBER?", ...beneficiary],
      ...["BENEFICIARY_DATE_OF_FORMATION? date", "BENEFICIARY_COUNTRY_OF_FORMATION? country"],
      ...["BENEFICIARY_NATIONAL_IDENTIFICATION_NUMBER?", ...reached]
    ])
    expect(outline(requirementsOf("business", "individual").travelRule.fields)).toEqual([
      ...[
        ...institution,
        ...originator,
        "ORIGINATOR_DATE_OF_FORMATION date",
        "ORIGINATOR_COUNTRY_OF_FORMATION country"
      ],
      ...["ORIGINATOR_NATIONAL_IDENTIFICATION_NUMBER?", ...beneficiary],
      ...["BENEFICIARY_DATE_OF_BIRTH? date", "BENEFICIARY_NATIONALITY? country"],
      ...["BENEFICIARY_NATIONAL_IDENTIFICATION_NUMBER?", ...reached]
    ])
  })

  const bank = ["BANK_NAME", "ACCOUNT_NUMBER", "SWIFT_CODE?", "BANK_ADDRESS? address"]

  it.each([
    ["SPEI", ["CLABE", "BANK_NAME?"]],
    ["SEPA", ["IBAN", "BANK_NAME?"]],
    ["PIX", ["RECIPIENT_LEGAL_NAME", "RECIPIENT_EVP", "RECIPIENT_ID_NUMBER"]],
    ["NEQUI", ["RECIPIENT_PHONE_COUNTRY_CODE", "RECIPIENT_PHONE_NUMBER"]],
    ["WIRE", ["BANK_NAME", "BANK_ADDRESS address", "SWIFT_CODE", "ACCOUNT_NUMBER", "ROUTING_NUMBER?", "IBAN?"]],
    ["FEDWIRE", ["BANK_NAME", "ROUTING_NUMBER", "ACCOUNT_NUMBER"]],
    ["CHATS", bank]
  ])("names the account as %s does", (paymentMethod, expected) => {
    const { beneficiaryAccount } = paymentRequirements({
      ...{ senderType: "business", recipientType: "business", paymentMethod }
    })
    expect(outline(beneficiaryAccount.fields)).toEqual(expected)
  })
})

describe("whoever has to answer", () => {
  const methods = ["SPEI", "SEPA", "PIX", "NEQUI", "WIRE", "FEDWIRE", "CHATS"]
  const told = (parties: PaymentParties) => Object.values(paymentRequirements(parties))

  it("is told what each answer and each of its fields is", () => {
    const asked = [
      ...parties.map((party) => rfiRequirements(party, 3).fields),
      ...parties.flatMap((party) => told({ senderType: party, recipientType: party, paymentMethod: "SPEI" })),
      ...methods.flatMap((paymentMethod) => told({ senderType: "business", recipientType: "business", paymentMethod }))
    ]
    for (const { version, title, description, fields } of asked) {
      expect(version).toBe(1)
      expect([title, description, ...fields.map((field) => field.description)]).not.toContain("")
      expect(fields.filter(({ type, values }) => type !== "text" && values !== null)).toEqual([])
    }
  })
})

describe("stored requirements", () => {
  const { fields, files } = rfiRequirements("business", 3)
  const readFields = Schema.decodeUnknownSync(FieldRequirementsCodec)
  const readFiles = Schema.decodeUnknownSync(Schema.Array(FileRequirementCodec))

  it("are read as they were written", () => {
    expect(readFields(Schema.encodeSync(FieldRequirementsCodec)(fields))).toEqual(fields)
    expect(readFiles(files)).toEqual(files)
    const [listed] = rfiRequirements("individual", 3).fields.fields.slice(-1)
    expect(readFields({ ...fields, fields: [listed] }).fields).toEqual([listed])
  })

  it("are not read where they are none", () => {
    for (const field of [{}, { ...fields.fields[0], type: "blob" }, { ...fields.fields[0], values: "any" }])
      expect(() => readFields({ ...fields, fields: [field] })).toThrow()
    expect(() => readFields({})).toThrow()
    expect(() => readFiles([{ key: "INVOICE" }])).toThrow()
  })
})
