/** A start while the database is still starting as well, and one that the database will not have. */

import { merchantClient } from "@paykernel/four-books/merchant-client"
import { sharedServerUrl } from "@paykernel/test-postgres"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openSite, type Site } from "./engine.ts"
import { dialects } from "./forging.ts"
import { type Gatekeeper, gatekeeper, type Rebuff } from "./gatekeeper.ts"
import { freePort, type ServerProcess, startRefused } from "./server-process.ts"

const apiKey = "SAND_API_KEY:database:start"
const password = "s3cret-of-the-database"
let site: Site
let gate: Gatekeeper | undefined
let server: ServerProcess | undefined

beforeEach(async () => {
  site = await openSite("postgres")
})

afterEach(async () => {
  await server?.stop("SIGTERM")
  await gate?.close()
  await site.remove()
  server = undefined
  gate = undefined
})

const withPassword = (url: string): string => {
  const secret = new URL(url)
  secret.password = password
  return secret.href
}

/** What a start says that ends with 1. */
const refusal = async (url: string, waitMs = 60_000): Promise<string> => {
  const environment = { DATABASE_URL: withPassword(url), PAYKERNEL_DATABASE_WAIT_MS: String(waitMs) }
  const { code, output } = await startRefused(site.path, environment)
  expect(code).toBe(1)
  expect(output).not.toContain(password)
  return output.trim()
}

const starting: Rebuff = { code: "57P03", message: "the database system is starting up" }

describe("a database that is not there yet", () => {
  it("is waited for, which is said once", async () => {
    gate = await gatekeeper(site.databaseUrl, [starting, "hangs up", starting])
    server = await site.start({ DATABASE_URL: withPassword(gate.url), PAYKERNEL_API_KEY: apiKey })
    const lines = server.output().trim().split("\n")
    expect(lines).toEqual([
      `waiting for the database at ${gate.place}: the database system is starting up`,
      `paykernel listening on ${server.address}`,
      expect.stringMatching(/^Dashboard:/u),
      expect.stringMatching(/^Try it:/u)
    ])
    const api = merchantClient(() => server?.address ?? "", apiKey)
    expect((await api.get("/v1/configuration")).status).toBe(200)
    await server.stop("SIGTERM")
    expect(server.output()).not.toContain(password)
  })

  it("and does not come is given up", async () => {
    const port = await freePort()
    const said = await refusal(`postgres://shop@127.0.0.1:${port}/pay`, 300)
    expect(said.split("\n")).toEqual([
      expect.stringContaining(`waiting for the database at 127.0.0.1:${port}/pay`),
      `no database answers at 127.0.0.1:${port}/pay: connect ECONNREFUSED 127.0.0.1:${port}`
    ])
  })
})

describe("a database that says no is not waited for", () => {
  it("where it does not know the password", async () => {
    const no = { code: "28P01", message: 'password authentication failed for user "shop"' }
    gate = await gatekeeper(site.databaseUrl, [no])
    expect(await refusal(gate.url)).toBe(`the database at ${gate.place} cannot be used: ${no.message}`)
  })

  it("where there is no database of that name", async () => {
    const url = new URL(sharedServerUrl())
    url.pathname = "/never_created"
    expect(await refusal(url.href)).toBe(
      `the database at ${url.host}/never_created cannot be used: database "never_created" does not exist`
    )
  })

  it("where a newer version has been at work", async () => {
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    await server.stop("SIGTERM")
    await dialects.postgres.change(site.databaseUrl, "insert into paykernel_migration values (1000, 'of the future')")
    expect(await refusal(site.databaseUrl)).toMatch(/cannot be used: the database was written by a newer version/u)
  })
})
