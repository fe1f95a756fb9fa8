/** Bundles the script of the hosted pages, everything it needs included, into one file that names its own content. */
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

export type HostedScript = {
  readonly code: string
  /** What the page loads, as auditors ask for it (PCI DSS 6.4.3): which script, that it is that one, and why. */
  readonly inventory: ReadonlyArray<{
    readonly path: string
    /** Subresource Integrity §3.5. */
    readonly integrity: string
    readonly bytes: number
    readonly reason: string
  }>
}

export const bundleHostedScript = async (): Promise<HostedScript> => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("./src/hosted/browser/payment-page.ts", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["source", "browser", "import"] },
    onLog: (_, log) => {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message)
    }
  })
  // The notices of the libraries inside stay: their licences ask for it.
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    codeSplitting: false,
    comments: { legal: true, annotation: false, jsdoc: false }
  })
  await bundle.close()
  const { code } = output[0]
  const digest = createHash("sha384").update(code).digest()
  const path = `payment-page.${digest.toString("hex").slice(0, 16)}.js`
  const integrity = `sha384-${digest.toString("base64")}`
  return { code, inventory: [{ path, integrity, bytes: Buffer.byteLength(code), reason }] }
}

const reason = "Checks the card form, encrypts the card with OpenPGP.js in the browser, posts it, shows the outcome."
