/** Writes the committed bundle of the hosted pages' script, and its inventory: `pnpm hosted-script`. */
import { writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { bundleHostedScript } from "./bundle-hosted-script.ts"

const write = (name: string, text: string): void =>
  writeFileSync(new URL(`./src/hosted/${name}`, import.meta.url), text)

const { code, inventory } = await bundleHostedScript()

write(
  "page-script.generated.ts",
  `/** Written by \`pnpm hosted-script\`: the bundle of browser/payment-page.ts, gzipped, in base64. */
export const gzippedScript: string =
  "${gzipSync(code, { level: 9 }).toString("base64")}"
`
)
write(
  "script-inventory.generated.ts",
  `/** Written by \`pnpm hosted-script\`: every script that a hosted page loads, and there is no other. */
export const scriptInventory = ${JSON.stringify(inventory, null, 2)} as const
`
)
