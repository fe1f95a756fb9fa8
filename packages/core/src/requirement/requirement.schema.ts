/** Requirements as stored, with whatever was published to be answered by them. */
import * as Schema from "effect/Schema"
import type { FieldRequirements, FileRequirement } from "./requirement.ts"

/** Holds nothing that is not plain JSON, so it is stored as it is. */
export const FieldRequirementsCodec: Schema.Codec<FieldRequirements> = Schema.Struct({
  version: Schema.Int,
  title: Schema.String,
  description: Schema.String,
  fields: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      type: Schema.Literals([
        "text",
        "date",
        "country",
        "boolean",
        "address",
        "individual",
        "beneficiary_owner",
        "intermediary_owner"
      ]),
      description: Schema.String,
      optional: Schema.Boolean,
      values: Schema.NullOr(Schema.Array(Schema.String))
    })
  )
})

export const FileRequirementCodec: Schema.Codec<FileRequirement> = Schema.Struct({
  key: Schema.String,
  optional: Schema.Boolean
})
