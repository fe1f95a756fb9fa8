/** The demo is a promise of the README: it runs to its end, and fails loudly where something is not as it says. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { scratchDirectory, sourceOfServer, startProcess } from "./server-process.ts"

const script = fileURLToPath(new URL("../src/demo.ts", import.meta.url))

type Run = { readonly code: unknown; readonly output: string }

const run = (address: ReadonlyArray<string>, environment: object = {}): Promise<Run> =>
  new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], ...environment }
    execFile(process.execPath, ["--conditions=source", script, ...address], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr })
    })
  })

describe("the demo", () => {
  it("walks through everything on a server of its own, and shows no secret", async () => {
    const { code, output } = await run([])
    expect(output).toMatch(/^7\. /mu)
    expect(output).toContain("Everything was as expected.")
    expect(code).toBe(0)
    expect(output).not.toMatch(/pk_test_|4007400000000007|\bcvv\b.*123/u)
  })

  it("uses the server it is pointed at, and ends with 1 where that does not answer as expected", async () => {
    const directory = scratchDirectory()
    const server = await startProcess(directory.path, { PAYKERNEL_API_KEY: "SAND_API_KEY:demo:test" }, sourceOfServer)
    const stranger = await run([server.address], { PAYKERNEL_API_KEY: "SAND_API_KEY:demo:other" })
    const known = await run([`${server.address}/`], { PAYKERNEL_API_KEY: "SAND_API_KEY:demo:test" })
    await server.stop("SIGTERM")
    directory.remove()
    expect([known.code, stranger.code]).toEqual([0, 1])
    expect(stranger.output).toContain("Not as expected:")
  })
})
