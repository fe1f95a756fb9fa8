/** The example as somebody runs it, on each database: to its end, with books that add up, and telling nobody's secrets. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundledScript } from "@paykernel/test-bundle"
import { freshDatabase } from "@paykernel/test-postgres"
import { describe, expect, it } from "vitest"

type Run = { readonly code: unknown; readonly output: string }

const run = async (databaseUrl: string): Promise<Run> => {
  const script = await bundledScript(fileURLToPath(new URL("../src/main.ts", import.meta.url)))
  const env = {
    PATH: process.env["PATH"],
    NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache"),
    DATABASE_URL: databaseUrl
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr })
    })
  })
}

const engines: { readonly [engine: string]: () => Promise<{ readonly url: string; readonly drop: () => unknown }> } = {
  SQLite: async () => {
    const directory = mkdtempSync(join(tmpdir(), "paykernel-story-"))
    return { url: `sqlite:${join(directory, "books.sqlite")}`, drop: () => rmSync(directory, { recursive: true }) }
  },
  PostgreSQL: () => freshDatabase()
}

describe("the story of payments across borders", () => {
  it.each(Object.keys(engines))("comes to its end on %s", async (engine) => {
    const database = await engines[engine]?.()
    const { code, output } = await run(database?.url ?? "")
    expect(output).toContain("Everything was as expected, and everything adds up.")
    expect(code).toBe(0)
    expect(output.match(/COMPLETED$/gmu)?.length).toBeGreaterThanOrEqual(8)
    for (const level of ["LEVEL_1", "LEVEL_2", "LEVEL_3"]) expect(output).toContain(`${level} asks`)
    expect(output.match(/refund of 100\.000000 USDC to 0x\w{40}: (?:COMPLETED|FAILED)/gu)).toHaveLength(3)
    // Seven were paid out, one failed refund is still with the network, and two came back.
    expect(output).toMatch(/merchant_wallet +-800\.000000 USDC/u)
    expect(output).toMatch(/payout_network +100\.000000 USDC/u)
    expect(output).not.toMatch(/Springfield|Talleres|646180157000000004|pk_test_/u)
    await database?.drop()
  })
})
