/** The programs of the README, each as it stands there, in the framework that it is for. */
import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { join } from "node:path"
import { generateSecret, sign, signingKey } from "@paykernel/webhooks"
import { nodeListener, nodeWebhookSender } from "@paykernel/webhooks/node"
import * as Effect from "effect/Effect"
import express from "express"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { saved } from "./inbox.ts"

const secret = generateSecret()
process.env["WEBHOOK_SECRET"] = secret

/** By framework, what makes its server listen. Imported when the secret is there. */
const servers: Readonly<Record<string, () => Promise<Server>>> = {
  hono: async () => {
    const { app } = await import("./hono.ts")
    return createServer(nodeListener(async (request) => app.fetch(new Request("http://x/webhooks", request))))
  },
  express: async () => createServer((await import("./express.ts")).app),
  fastify: async () => {
    const { app } = await import("./fastify.ts")
    await app.ready()
    return app.server
  }
}

const signed = async (id: string, payload: string) =>
  sign({ id, atMs: Date.now(), payload }, [await signingKey(secret)])

describe.each(Object.keys(servers))("%s", (name) => {
  let server: Server
  let url = ""
  let port = 0
  beforeAll(async () => {
    server = (await servers[name]?.()) ?? createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    port = typeof address === "object" && address !== null ? address.port : 0
    url = `http://127.0.0.1:${port}/webhooks`
  })
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))
  beforeEach(() => {
    saved.length = 0
    // Frameworks tell of errors on the console.
    vi.spyOn(console, "error").mockImplementation(() => undefined)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const post = async (body: string, headers: object) =>
    (await fetch(url, { method: "POST", body, headers: { ...headers } })).status

  it("takes what the sender sends, of every type, byte for byte", async () => {
    const sender = nodeWebhookSender({ allowHosts: [`127.0.0.1:${port}`] })
    const types = ["application/json", "text/plain; charset=UTF-8", "application/x-www-form-urlencoded", "x/y"]
    for (const [at, type] of types.entries()) {
      const body = `{ "a":"grüße ${at}" }\n`
      const headers = { ...(await signed(`msg_${at}`, body)), "content-type": type }
      const answer = await Effect.runPromise(sender.post({ url, headers, body, timeoutMs: 5_000 }))
      expect(answer).toMatchObject({ _tag: "Answered", status: 204 })
    }
    expect(saved).toEqual(types.map((_, at) => [`msg_${at}`, `{ "a":"grüße ${at}" }\n`]))
  })

  it("refuses what was changed, what is too large, and other methods", async () => {
    const json = { "content-type": "application/json" }
    expect(await post("{} ", { ...(await signed("msg_1", "{}")), ...json })).toBe(401)
    expect(await post("{}", json)).toBe(401)
    expect(await post("{", { ...(await signed("msg_1", "{}")), ...json })).toBe(401)
    expect(await post("x".repeat(300_000), { ...(await signed("msg_1", "{}")), ...json })).toBe(413)
    // Without a length that could be refused beforehand.
    const body = new Blob(["x".repeat(1_000_000)]).stream()
    const streamed = { method: "POST", body, duplex: "half" }
    expect((await fetch(url, streamed)).status).toBe(413)
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200)
    expect((await fetch(url)).status).toBe(405)
    expect(saved).toEqual([])
  })

  it("says 500 when the host fails, so that the sender tries again", async () => {
    expect(await post("{}", await signed("msg_unlucky", "{}"))).toBe(500)
    expect(saved).toEqual([])
  })
})

describe("a body that somebody has parsed before", () => {
  it("is said to be gone", async () => {
    const { receive } = await import("./receive.ts")
    const app = express()
    app.use(express.json())
    const errors: Array<unknown> = []
    app.all("/webhooks", (request, response) =>
      nodeListener(receive)(request, response, (error) => {
        errors.push(error)
        response.sendStatus(500)
      })
    )
    const server = app.listen(0)
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const headers = { ...(await signed("msg_1", "{}")), "content-type": "application/json" }
    const { status } = await fetch(`http://127.0.0.1:${port}/webhooks`, { method: "POST", body: "{}", headers })
    expect(status).toBe(500)
    expect(String(errors[0])).toContain("before body parsers")
    server.close()
  })
})

describe("the README", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8")

  it.each(["receive", "hono", "express", "fastify"])("shows the program for %s as it is tested", (name) => {
    const program = readFileSync(join(import.meta.dirname, `${name}.ts`), "utf8")
    expect(readme).toContain(`\`\`\`ts ${name}.ts\n${program}\`\`\``)
  })
})
