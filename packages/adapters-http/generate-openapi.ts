/** Writes the committed OpenAPI documents and the schema of webhooks. Run it after a change of an API: `pnpm openapi`. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { apiDocumentText } from "./src/docs/api-openapi.ts"
import { openApiText } from "./src/docs/openapi.ts"
import { kernelMessageSchemaText } from "./src/docs/webhooks-schema.ts"

const write = (name: string, text: string): void => writeFileSync(fileURLToPath(new URL(name, import.meta.url)), text)

write("./openapi.json", openApiText())
write("./openapi-api.generated.json", apiDocumentText())
write("./webhooks.schema.json", kernelMessageSchemaText())
