import { describe, expect, it } from "vitest"
import { jsonSchemaOf, needed, optional, paymentRequirements, rfiLevels, rfiRequirements } from "./index.ts"

const names = (fields: ReadonlyArray<{ readonly name: string }>) => fields.map(({ name }) => name)
const parties = ["individual", "business"] as const

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
    expect(names(rfiRequirements("individual", 3).fields.fields).sort()).toEqual(
      [
        ...["ADDRESS", "NAME", "DATE_OF_BIRTH", "NATIONAL_IDENTIFICATION_NUMBER"],
        ...["SOURCE_OF_FUNDS", "METHOD_OF_VERIFICATION"],
        ...["NATIONALITY", "EMAIL", "PHONE", "OCCUPATION", "ID_DOC_TYPE"]
      ].sort()
    )
    expect(rfiRequirements("individual", 3).files.map(({ key }) => key)).toEqual([
      ...["ID_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT", "ADDITIONAL_DOCUMENTS"]
    ])
  })

  it("asks a business for what is published", () => {
    const { fields } = rfiRequirements("business", 2).fields
    expect(names(fields.filter((field) => !field.optional))).toEqual([
      ...["SOURCE_OF_FUNDS", "METHOD_OF_VERIFICATION", "NAME", "TRADE_NAME", "NATIONAL_IDENTIFICATION_NUMBER"],
      ...["DATE_OF_FORMATION", "COUNTRY_OF_FORMATION", "ENTITY_TYPE", "INDUSTRY_TYPE", "ADDRESS"],
      ...["AUTHORIZED_SIGNATORIES", "BENEFICIARY_OWNERSHIP"]
    ])
    expect(names(fields.filter((field) => field.optional))).toEqual([
      ...["BENEFICIARY_OWNERS", "INTERMEDIARY_BENEFICIARY_OWNERS", "WEBSITE", "EMAIL", "PHONE"]
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

  it("names a person by birth and a business by its formation", () => {
    const fields = names(requirementsOf("individual", "business").travelRule.fields)
    expect(fields).toEqual(expect.arrayContaining(["ORIGINATOR_DATE_OF_BIRTH", "BENEFICIARY_DATE_OF_FORMATION"]))
    expect(fields).not.toContain("ORIGINATOR_DATE_OF_FORMATION")
    expect(fields).not.toContain("BENEFICIARY_DATE_OF_BIRTH")
  })

  it("always names both parties and the institution", () => {
    for (const sender of parties) {
      for (const recipient of parties) {
        const asked = requirementsOf(sender, recipient).travelRule.fields
        const needs = names(asked.filter((field) => !field.optional))
        expect(needs).toEqual(
          expect.arrayContaining([
            ...["ORIGINATOR_NAME", "ORIGINATOR_ADDRESS", "ORIGINATOR_ACCOUNT_NUMBER"],
            ...["ORIGINATOR_FINANCIAL_INSTITUTION_NAME", "BENEFICIARY_NAME", "BENEFICIARY_ADDRESS"]
          ])
        )
        expect(new Set(names(asked)).size).toBe(asked.length)
      }
    }
  })

  it.each([
    ["SPEI", ["CLABE"]],
    ["SEPA", ["IBAN"]],
    ["PIX", ["RECIPIENT_LEGAL_NAME", "RECIPIENT_EVP", "RECIPIENT_ID_NUMBER"]],
    ["NEQUI", ["RECIPIENT_PHONE_COUNTRY_CODE", "RECIPIENT_PHONE_NUMBER"]],
    ["WIRE", ["BANK_NAME", "BANK_ADDRESS", "SWIFT_CODE", "ACCOUNT_NUMBER"]],
    ["FEDWIRE", ["BANK_NAME", "ROUTING_NUMBER", "ACCOUNT_NUMBER"]],
    ["CHATS", ["BANK_NAME", "ACCOUNT_NUMBER"]]
  ])("names the account as %s does", (paymentMethod, expected) => {
    const { beneficiaryAccount } = paymentRequirements({
      ...{ senderType: "business", recipientType: "business", paymentMethod }
    })
    expect(names(beneficiaryAccount.fields.filter((field) => !field.optional))).toEqual(expected)
  })
})
