/** What a request for information asks, at each level of diligence. A higher level asks for all of the lower ones too. */
import type { PartyType } from "../quote/quote.ts"
import { type FieldRequirement, type FieldRequirements, type FileRequirement, needed, optional } from "./requirement.ts"

export const rfiLevels = [1, 2, 3] as const

export type RfiLevel = (typeof rfiLevels)[number]

export type RfiRequirements = {
  readonly fields: FieldRequirements
  readonly files: ReadonlyArray<FileRequirement>
}

/** Of the rules below. Whoever changes them counts on. */
export const rfiRequirementsVersion = 1

/**
 * The fields and files that are asked for about a party.
 *
 * @example
 * rfiRequirements("individual", 1).fields.fields.map(({ name }) => name).includes("EMAIL") // => false
 * rfiRequirements("individual", 2).fields.fields.map(({ name }) => name).includes("EMAIL") // => true
 * rfiRequirements("business", 3).files.length // => 5
 */
export const rfiRequirements = (party: PartyType, level: RfiLevel): RfiRequirements => {
  const levels = rfiLevels.filter((one) => one <= level).map((one) => asked[party][one])
  return {
    fields: {
      version: rfiRequirementsVersion,
      title: "RFI Requirements",
      description: "RFI Data Requirements",
      fields: levels.flatMap(({ fields }) => fields)
    },
    files: levels.flatMap(({ files }) => files)
  }
}

type Asked = { readonly fields: ReadonlyArray<FieldRequirement>; readonly files: ReadonlyArray<FileRequirement> }

const sourceOfFunds = needed("SOURCE_OF_FUNDS", "Transaction source of funds")
const methodOfVerification = needed("METHOD_OF_VERIFICATION", "Verification method used")

const individual: { readonly [level in RfiLevel]: Asked } = {
  1: {
    fields: [
      needed("NAME", "Individual's full name"),
      needed("ADDRESS", "Individual's address", "address"),
      needed("DATE_OF_BIRTH", "Individual's date of birth (YYYY-MM-DD)", "date"),
      needed("NATIONAL_IDENTIFICATION_NUMBER", "Individual's identification number (e.g., Tax ID)"),
      sourceOfFunds,
      methodOfVerification
    ],
    files: []
  },
  2: {
    fields: [
      needed("NATIONALITY", "Individual's nationality", "country"),
      needed("EMAIL", "Individual's email address"),
      needed("PHONE", "Individual's phone number"),
      needed("OCCUPATION", "Individual's occupation")
    ],
    files: []
  },
  3: {
    fields: [
      needed("ID_DOC_TYPE", "Type of the identity document", "text", ["PASSPORT", "DRIVERS_LICENSE", "NATIONAL_ID"])
    ],
    files: [
      { key: "ID_DOCUMENT", optional: false },
      { key: "PROOF_OF_ADDRESS_DOCUMENT", optional: false },
      { key: "ADDITIONAL_DOCUMENTS", optional: true }
    ]
  }
}

const business: { readonly [level in RfiLevel]: Asked } = {
  1: {
    fields: [
      sourceOfFunds,
      methodOfVerification,
      needed("NAME", "Business legal registered name"),
      needed("TRADE_NAME", "Business trade name or DBA (Doing Business As)"),
      needed("NATIONAL_IDENTIFICATION_NUMBER", "Business identification number (e.g., Tax ID)"),
      needed("DATE_OF_FORMATION", "Company formation date (YYYY-MM-DD)", "date"),
      needed("COUNTRY_OF_FORMATION", "Entity formation country", "country"),
      needed("ENTITY_TYPE", "Business structure type (Corporation, LLC, Partnership, etc.)"),
      needed("INDUSTRY_TYPE", "Business activity classification"),
      needed("ADDRESS", "Business address", "address")
    ],
    files: []
  },
  2: {
    fields: [
      needed("AUTHORIZED_SIGNATORIES", "Who may sign for the business", "individual"),
      needed(
        "BENEFICIARY_OWNERSHIP",
        "Whether any individuals or intermediaries own 25% or more of the company",
        "boolean"
      ),
      optional(needed("BENEFICIARY_OWNERS", "Who owns 25% or more", "beneficiary_owner")),
      optional(needed("INTERMEDIARY_BENEFICIARY_OWNERS", "Which companies own 25% or more", "intermediary_owner")),
      optional(needed("WEBSITE", "Business website URL")),
      optional(needed("EMAIL", "Business contact email address")),
      optional(needed("PHONE", "Business contact phone number"))
    ],
    files: []
  },
  3: {
    fields: [],
    files: [
      { key: "FORMATION_DOCUMENT", optional: false },
      { key: "PROOF_OF_ADDRESS_DOCUMENT", optional: false },
      { key: "ORG_STRUCTURE", optional: false },
      { key: "INVOICE", optional: true },
      { key: "BENEFICIARY_OWNERS_DOCUMENT", optional: true }
    ]
  }
}

const asked = { individual, business }
