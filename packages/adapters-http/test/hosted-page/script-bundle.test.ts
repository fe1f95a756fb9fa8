import { gunzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { bundleHostedScript } from "../../bundle-hosted-script.ts"
import { gzippedScript } from "../../src/hosted/page-script.generated.ts"
import { scriptInventory } from "../../src/hosted/script-inventory.generated.ts"

it("the committed script is what its source gives, and the inventory names it (otherwise: pnpm hosted-script)", async () => {
  const { code, inventory } = await bundleHostedScript()
  expect(gunzipSync(Buffer.from(gzippedScript, "base64")).toString()).toBe(code)
  expect(scriptInventory).toEqual(inventory)
})

it("the script keeps the notice of the library that it contains, and evaluates no text", async () => {
  const code = gunzipSync(Buffer.from(gzippedScript, "base64")).toString()
  expect(code).toContain("OpenPGP.js")
  expect(code).toContain("LGPL")
  expect(code).not.toMatch(/\beval\(|new Function\(|\.innerHTML\b|document\.write/u)
})
