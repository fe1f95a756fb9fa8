/**
 * What has to be told about both parties with a payment: the travel rule (FATF recommendation 16), and the account abroad
 * that the money goes to.
 */
import type { PartyType } from "../quote/quote.ts"
import { type FieldRequirement, type FieldRequirements, needed, optional } from "./requirement.ts"

export type PaymentRequirements = {
  readonly travelRule: FieldRequirements
  readonly beneficiaryAccount: FieldRequirements
}

/** Of the rules below. Whoever changes them counts on. */
export const paymentRequirementsVersion = 1

export type PaymentParties = {
  readonly senderType: PartyType
  readonly recipientType: PartyType
  readonly paymentMethod: string
}

/**
 * The fields of both answers. A payment method that has no rules of its own asks for a bank and an account number.
 *
 * @example
 * const parties = { senderType: "business", recipientType: "individual", paymentMethod: "SEPA" } as const
 * const { beneficiaryAccount } = paymentRequirements(parties)
 * beneficiaryAccount.fields.filter(({ optional }) => !optional).map(({ name }) => name) // => ["IBAN"]
 */
export const paymentRequirements = (parties: PaymentParties): PaymentRequirements => ({
  travelRule: {
    version: paymentRequirementsVersion,
    title: "Travel Rule Requirements",
    description: "Originator and beneficiary data",
    fields: travelRule(parties)
  },
  beneficiaryAccount: {
    version: paymentRequirementsVersion,
    title: "Beneficiary Account Requirements",
    description: "Account that is paid out to",
    fields: accounts.get(parties.paymentMethod) ?? bankAccount
  }
})

const travelRule = ({ senderType, recipientType }: PaymentParties): ReadonlyArray<FieldRequirement> => [
  needed("ORIGINATOR_FINANCIAL_INSTITUTION_NAME", "Name of the originating institution"),
  needed("ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS", "Address of the originating institution", "address"),
  optional(needed("ORIGINATOR_FINANCIAL_INSTITUTION_ID", "Identifier of the originating institution")),
  needed("ORIGINATOR_NAME", "Originator's name"),
  needed("ORIGINATOR_ACCOUNT_NUMBER", "Originator's account at the originating institution"),
  needed("ORIGINATOR_ADDRESS", "Originator's address", "address"),
  ...identity.originator[senderType],
  needed("BENEFICIARY_NAME", "Beneficiary's name"),
  needed("BENEFICIARY_ADDRESS", "Beneficiary's address", "address"),
  ...identity.beneficiary[recipientType].map(optional),
  optional(needed("BENEFICIARY_PHONE_NUMBER", "Beneficiary's phone number")),
  optional(needed("BENEFICIARY_EMAIL", "Beneficiary's email address"))
]

const identityOf = (prefix: string, party: PartyType): ReadonlyArray<FieldRequirement> =>
  party === "individual"
    ? [
        needed(`${prefix}_DATE_OF_BIRTH`, "Date of birth (YYYY-MM-DD)", "date"),
        needed(`${prefix}_NATIONALITY`, "Nationality", "country"),
        optional(needed(`${prefix}_NATIONAL_IDENTIFICATION_NUMBER`, "National identification number"))
      ]
    : [
        needed(`${prefix}_DATE_OF_FORMATION`, "Date of formation (YYYY-MM-DD)", "date"),
        needed(`${prefix}_COUNTRY_OF_FORMATION`, "Country of formation", "country"),
        optional(needed(`${prefix}_NATIONAL_IDENTIFICATION_NUMBER`, "Identification number (e.g., Tax ID)"))
      ]

const identity = {
  originator: {
    individual: identityOf("ORIGINATOR", "individual"),
    business: identityOf("ORIGINATOR", "business")
  },
  beneficiary: {
    individual: identityOf("BENEFICIARY", "individual"),
    business: identityOf("BENEFICIARY", "business")
  }
}

const bankName = needed("BANK_NAME", "Name of the bank")
const accountNumber = needed("ACCOUNT_NUMBER", "Account number")
const phone = [
  needed("RECIPIENT_PHONE_COUNTRY_CODE", "Calling code of the recipient's phone"),
  needed("RECIPIENT_PHONE_NUMBER", "Recipient's phone number")
]

const bankAccount: ReadonlyArray<FieldRequirement> = [
  bankName,
  accountNumber,
  optional(needed("SWIFT_CODE", "BIC of the bank")),
  optional(needed("BANK_ADDRESS", "Address of the bank", "address"))
]

const wired: ReadonlyArray<FieldRequirement> = [
  bankName,
  needed("BANK_ADDRESS", "Address of the bank", "address"),
  needed("SWIFT_CODE", "BIC of the bank"),
  accountNumber,
  optional(needed("ROUTING_NUMBER", "Routing number of the bank")),
  optional(needed("IBAN", "International bank account number"))
]

const accounts: ReadonlyMap<string, ReadonlyArray<FieldRequirement>> = new Map([
  ["SEPA", [needed("IBAN", "International bank account number"), optional(bankName)]],
  ["SPEI", [needed("CLABE", "Account number of 18 digits"), optional(bankName)]],
  [
    "PIX",
    [
      needed("RECIPIENT_LEGAL_NAME", "Recipient's legal name"),
      needed("RECIPIENT_EVP", "Random PIX key"),
      needed("RECIPIENT_ID_NUMBER", "CPF or CNPJ of the recipient")
    ]
  ],
  ["NEQUI", phone],
  ["WIRE", wired],
  ["FEDWIRE", [bankName, needed("ROUTING_NUMBER", "Routing number of the bank"), accountNumber]]
])
