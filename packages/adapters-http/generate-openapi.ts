/** Writes the committed OpenAPI document. Run it after a change of the API: `pnpm openapi`. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { openApiText } from "./src/docs/openapi.ts"

writeFileSync(fileURLToPath(new URL("./openapi.json", import.meta.url)), openApiText())
