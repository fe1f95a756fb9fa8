/** The published schema of the kernel's own messages. */
import { readFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { expect, it } from "vitest"
import { kernelMessageSchema, kernelMessageSchemaText } from "../../src/docs/webhooks-schema.ts"
import { openShop } from "../api/shop.ts"

it("is the committed one", () => {
  const committed = readFileSync(new URL("../../webhooks.schema.json", import.meta.url), "utf8")
  expect(kernelMessageSchemaText() === committed, "run `pnpm openapi` in packages/adapters-http").toBe(true)
})

it("is served as it is committed, without a key", async () => {
  const shop = await openShop()
  const reply = await shop.call("GET", "/api/webhooks.schema.json", undefined, { authorization: "" })
  expect([reply.status, reply.text]).toEqual([200, kernelMessageSchemaText()])
  await shop.close()
})

it("takes what may be added one day, and nothing that lacks a field or has another meaning", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
  addFormats.default(ajv)
  const validate = ajv.compile(kernelMessageSchema())
  const usd = (amount: string) => ({ amount, currency: "USD" })
  const settlement = {
    ...{ id: "s", walletId: "1", totalCredits: usd("1.00"), totalDebits: usd("0.00") },
    ...{ paymentFees: usd("0.10"), payout: usd("0.90"), createdAt: "2026-01-01T00:00:00.000Z" }
  }
  const message = {
    ...{ type: "settlement.completed", timestamp: "2026-01-01T00:00:00.000Z", schema: "paykernel.v1", sequence: 1 },
    ...{ merchantId: "m", subject: { type: "settlement", id: "s" }, data: { settlement } }
  }
  expect(validate(message)).toBe(true)
  expect(validate({ ...message, more: 1, data: { settlement: { ...settlement, more: 1 } } })).toBe(true)
  expect(validate({ ...message, schema: "paykernel.v2" })).toBe(false)
  expect(validate({ ...message, sequence: "1" })).toBe(false)
  expect(validate({ ...message, subject: { type: "payment", id: "s" } })).toBe(false)
  expect(validate({ ...message, data: { settlement: { ...settlement, payout: "0.90" } } })).toBe(false)
})
