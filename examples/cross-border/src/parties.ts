/** Who pays whom in the story: companies and people who do not exist. */
import type { AnswerFields, Document, RfiBody } from "@paykernel/adapters-http/cross-border-client"

const address = { street: "1 Main Street", city: "Springfield", country: "US", postalCode: "01101" }

/** What the travel rule asks of a business that pays a business. The originator's name decides what the sandbox does. */
export const travelRuleOf = (originatorName: string): AnswerFields => ({
  ORIGINATOR_FINANCIAL_INSTITUTION_NAME: "First Example Bank",
  ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS: address,
  ORIGINATOR_NAME: originatorName,
  ORIGINATOR_ACCOUNT_NUMBER: "000123456789",
  ORIGINATOR_ADDRESS: address,
  ORIGINATOR_DATE_OF_FORMATION: "2001-02-03",
  ORIGINATOR_COUNTRY_OF_FORMATION: "US",
  BENEFICIARY_NAME: "Talleres Ejemplo SA",
  BENEFICIARY_ADDRESS: { street: "Calle Mayor 1", city: "Puebla", country: "MX" }
})

export const beneficiaryAccount: AnswerFields = { CLABE: "646180157000000004" }

const person = { name: "Jo Example", address, dateOfBirth: "1980-02-29" }

/** What is known of the sender. Of a request, only what it asks for is sent. */
const known: AnswerFields = {
  NAME: "Example Works Inc",
  TRADE_NAME: "Example Works",
  NATIONAL_IDENTIFICATION_NUMBER: "12-3456789",
  DATE_OF_FORMATION: "2001-02-03",
  COUNTRY_OF_FORMATION: "US",
  ENTITY_TYPE: "Corporation",
  INDUSTRY_TYPE: "Machine tools",
  ADDRESS: address,
  METHOD_OF_VERIFICATION: "Documents",
  SOURCE_OF_FUNDS: "Sales",
  AUTHORIZED_SIGNATORIES: person,
  BENEFICIARY_OWNERSHIP: true,
  BENEFICIARY_OWNERS: { ...person, percentage: 60 },
  INTERMEDIARY_BENEFICIARY_OWNERS: {
    name: "Example Holding LLC",
    address,
    dateOfFormation: "1999-01-01",
    countryOfFormation: "US",
    percentage: 40
  },
  WEBSITE: "https://works.example",
  EMAIL: "office@works.example",
  PHONE: "+12025550180"
}

/** The fields that a request asks for. A name of the sandbox decides what becomes of the answer. */
export const answerOf = ({ fieldRequirements: { schema } }: RfiBody, name?: string): AnswerFields => {
  const properties = typeof schema === "object" && schema !== null && "properties" in schema ? schema["properties"] : {}
  const asked = Object.keys(properties as object)
  const given = Object.fromEntries(Object.entries(known).filter(([field]) => asked.includes(field)))
  return name === undefined ? given : { ...given, NAME: name }
}

/** A document for each that is asked for. */
export const documentsOf = ({ fileRequirements }: RfiBody): ReadonlyArray<Document> =>
  fileRequirements.map((key) => ({
    key,
    name: `${key.toLowerCase()}.pdf`,
    mediaType: "application/pdf",
    content: new TextEncoder().encode(`%PDF-1.7\n% ${key}\n`)
  }))
