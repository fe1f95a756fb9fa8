/** Fields and files that a payout network asks for, as data and as JSON Schema. */
export * from "./json-schema.ts"
export * from "./payment-requirements.ts"
export * from "./requirement.ts"
export * from "./rfi-requirements.ts"
