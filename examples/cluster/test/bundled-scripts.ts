/** Bank and node as one file each, so that a test can start them often. */
import { bundledScript } from "@paykernel/test-bundle"
import { scriptFile } from "../src/cluster-process.ts"

export const bundledScripts = async () => ({
  bank: await bundledScript(scriptFile("bank")),
  node: await bundledScript(scriptFile("node"))
})
