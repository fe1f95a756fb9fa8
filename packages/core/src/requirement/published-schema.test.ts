/** The schema of a request about a business, word for word as it is published, but for `$ref`, which lost its sign there. */
import { expect, it } from "vitest"
import { jsonSchemaOf, rfiRequirements } from "./index.ts"

const published = {
  type: "object",
  $defs: {
    address: {
      type: "object",
      required: ["street", "city", "country"],
      properties: {
        city: {
          type: "string",
          description: "City name"
        },
        street: {
          type: "string",
          description: "Street address"
        },
        country: {
          type: "string",
          pattern: "^[A-Z]{2}$",
          description: "Country code (e.g., US, GB)"
        },
        postalCode: {
          type: "string",
          description: "Postal or ZIP code"
        },
        stateProvince: {
          type: "string",
          description: "State or province"
        }
      },
      description: "Full address"
    },
    individual: {
      type: "object",
      required: ["name", "address", "dateOfBirth"],
      properties: {
        name: {
          type: "string",
          description: "Individual's full name"
        },
        address: {
          $ref: "#/$defs/address"
        },
        dateOfBirth: {
          type: "string",
          format: "date",
          description: "Individual's date of birth (YYYY-MM-DD)"
        }
      },
      description: "Individual's RFI data"
    },
    beneficiaryOwner: {
      type: "object",
      required: ["name", "address", "dateOfBirth", "percentage"],
      properties: {
        name: {
          type: "string",
          description: "Individual's full name"
        },
        address: {
          $ref: "#/$defs/address"
        },
        percentage: {
          type: "number",
          description: "Company ownership percentage"
        },
        dateOfBirth: {
          type: "string",
          format: "date",
          description: "Individual's date of birth (YYYY-MM-DD)"
        }
      },
      description: "Beneficiary owner's RFI data"
    },
    intermediaryBeneficiaryOwner: {
      type: "object",
      required: ["name", "address", "dateOfFormation", "countryOfFormation", "percentage"],
      properties: {
        name: {
          type: "string",
          description: "Business legal name"
        },
        address: {
          $ref: "#/$defs/address"
        },
        percentage: {
          type: "number",
          description: "Company ownership percentage"
        },
        dateOfFormation: {
          type: "string",
          format: "date",
          description: "Company formation date (YYYY-MM-DD)"
        },
        countryOfFormation: {
          type: "string",
          pattern: "^[A-Z]{2}$",
          description: "Entity formation country"
        }
      },
      description: "Intermediary beneficiary owner's RFI data"
    }
  },
  title: "RFI Requirements",
  $schema: "https://json-schema.org/draft/2020-12/schema",
  required: [
    "SOURCE_OF_FUNDS",
    "METHOD_OF_VERIFICATION",
    "NAME",
    "TRADE_NAME",
    "NATIONAL_IDENTIFICATION_NUMBER",
    "DATE_OF_FORMATION",
    "COUNTRY_OF_FORMATION",
    "ENTITY_TYPE",
    "INDUSTRY_TYPE",
    "ADDRESS",
    "AUTHORIZED_SIGNATORIES",
    "BENEFICIARY_OWNERSHIP"
  ],
  properties: {
    NAME: {
      type: "string",
      description: "Business legal registered name"
    },
    EMAIL: {
      type: "string",
      description: "Business contact email address"
    },
    PHONE: {
      type: "string",
      description: "Business contact phone number"
    },
    ADDRESS: {
      $ref: "#/$defs/address"
    },
    WEBSITE: {
      type: "string",
      description: "Business website URL"
    },
    TRADE_NAME: {
      type: "string",
      description: "Business trade name or DBA (Doing Business As)"
    },
    ENTITY_TYPE: {
      type: "string",
      description: "Business structure type (Corporation, LLC, Partnership, etc.)"
    },
    INDUSTRY_TYPE: {
      type: "string",
      description: "Business activity classification"
    },
    SOURCE_OF_FUNDS: {
      type: "string",
      description: "Transaction source of funds"
    },
    DATE_OF_FORMATION: {
      type: "string",
      format: "date",
      description: "Company formation date (YYYY-MM-DD)"
    },
    BENEFICIARY_OWNERS: {
      $ref: "#/$defs/beneficiaryOwner"
    },
    COUNTRY_OF_FORMATION: {
      type: "string",
      pattern: "^[A-Z]{2}$",
      description: "Entity formation country"
    },
    BENEFICIARY_OWNERSHIP: {
      type: "boolean",
      description: "Whether any individuals or intermediaries own 25% or more of the company"
    },
    AUTHORIZED_SIGNATORIES: {
      $ref: "#/$defs/individual"
    },
    METHOD_OF_VERIFICATION: {
      type: "string",
      description: "Verification method used"
    },
    NATIONAL_IDENTIFICATION_NUMBER: {
      type: "string",
      description: "Business identification number (e.g., Tax ID)"
    },
    INTERMEDIARY_BENEFICIARY_OWNERS: {
      $ref: "#/$defs/intermediaryBeneficiaryOwner"
    }
  },
  description: "RFI Data Requirements"
}

it("the questions to a business are the published ones", () => {
  const schema = jsonSchemaOf(rfiRequirements("business", 2).fields)
  const { required, ...rest } = schema
  const { required: publishedRequired, ...publishedRest } = published
  expect(rest).toEqual(publishedRest)
  expect(required).toEqual(expect.arrayContaining(publishedRequired))
  expect(required).toHaveLength(publishedRequired.length)
})
