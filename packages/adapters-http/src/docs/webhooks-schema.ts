/** The JSON Schema of messages in the kernel's own words, generated from the schema that also types them. */
import * as Schema from "effect/Schema"
import type { Part } from "../json-part.ts"
import { KernelMessage } from "../notifications/kernel-message.schema.ts"
import { mapValues, tolerant } from "./document-parts.ts"

/** Draft 2020-12. Fields may be added, so none is forbidden. */
export const kernelMessageSchema = (): Part => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(KernelMessage)
  return tolerant({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Webhooks in the dialect paykernel.v1",
    ...schema,
    $defs: mapValues(definitions, (definition) => definition)
  })
}

/** The document as it is committed, byte for byte. */
export const kernelMessageSchemaText = (): string => `${JSON.stringify(kernelMessageSchema(), null, 2)}\n`
