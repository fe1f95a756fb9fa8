/**
 * Payments across borders in the terminal: from a quote to money in a bank abroad, through requests for information at
 * each level and through every way in which money comes back or does not. Starts a server of its own for it, on the
 * database of `DATABASE_URL` or on one that is thrown away afterwards. Ends with 1 if anything is not as expected.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RunningServer, startServer } from "@paykernel/example-server/server"
import { readSettings, type ServerSettings } from "@paykernel/example-server/settings"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { readBooks } from "./books.ts"
import { chapters } from "./chapters.ts"
import { openInstitution } from "./institution.ts"

const tell = async ({ address, generatedApiKey }: RunningServer): Promise<void> => {
  if (generatedApiKey === null) throw new Error("the server has no key")
  console.log(`payments across borders, on ${address}`)
  const institution = openInstitution(address, Redacted.value(generatedApiKey))
  for (const [at, [title, happen]] of chapters.entries()) {
    console.log(`\n${at + 1}. ${title}`)
    for (const line of await happen(institution)) console.log(`   ${line}`)
  }
}

const showBooks = async (settings: ServerSettings): Promise<void> => {
  const { accounts, findings } = await readBooks(settings)
  console.log("\nThe books:")
  for (const [account, balance] of accounts) console.log(`   ${account.padEnd(24)} ${balance}`)
  if (findings.length > 0) throw new Error(findings.join("\n"))
  console.log("\nEverything was as expected, and everything adds up.")
}

const main = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-cross-border-"))
  const { DATABASE_URL = "" } = process.env
  const settings = Result.getOrThrow(readSettings({ PORT: "0", DATABASE_URL }, directory))
  try {
    const server = await startServer(settings, console.error)
    try {
      await tell(server)
    } finally {
      await server.close()
    }
    await showBooks(settings)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

main().catch((cause: unknown) => {
  console.error(`\nNot as expected: ${cause instanceof Error ? cause.message : String(cause)}`)
  process.exitCode = 1
})
