/** Failure codes as stored. */
import * as Schema from "effect/Schema"
import { type FailureCode, failureCodes } from "./failure-code.ts"

export const FailureCodeCodec: Schema.Codec<FailureCode> = Schema.Literals(
  Object.keys(failureCodes) as ReadonlyArray<FailureCode>
)
