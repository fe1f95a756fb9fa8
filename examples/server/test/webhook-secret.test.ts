/** The webhook secret of the settings, over one start after another. */
import { randomBytes } from "node:crypto"
import { apiDialect, generateApiKey } from "@paykernel/adapters-http"
import { createKernel, defaultEndpointId } from "@paykernel/core"
import { memoryStore } from "@paykernel/core/memory"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import { nodeWebhookSender } from "@paykernel/webhooks/node"
import * as Redacted from "effect/Redacted"
import { afterEach, beforeEach, expect, it } from "vitest"
import { registerMerchants } from "../src/merchants.ts"
import { setWebhookSecret } from "../src/webhook-secret.ts"
import { scratchDirectory } from "./server-process.ts"

const first = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const second = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

const openWorld = async () => {
  const ring = await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])
  const pepper = await ring.derivedKey("api-keys")
  const kernel = createKernel({
    store: memoryStore(),
    gateway: sandboxGateway({
      journal: memoryJournal(),
      clock: { nowMs: Date.now },
      random: Math.random,
      challengeUrl: (id) => `https://bank.example/${id}`
    }).gateway,
    vault: envelopeVault(ring),
    digestKey: randomBytes(32),
    webhooks: { sender: nodeWebhookSender(), dialects: [apiDialect()] }
  })
  const apiKeys = [Redacted.make(generateApiKey("test")), Redacted.make(generateApiKey("test"))]
  const holders = await registerMerchants(kernel, { pepper, apiKeys, settlementIntervalMs: 60_000 })
  const { path: sandboxDir, remove } = scratchDirectory()
  return {
    set: (secret: string | null) =>
      setWebhookSecret(kernel, {
        webhookSecret: secret === null ? null : Redacted.make(secret),
        ...{ sandboxDir, pepper, holders }
      }),
    /** How often each merchant's endpoint was given a secret, if there is one. */
    secretsGiven: () =>
      Promise.all(
        holders.map(async ({ merchantId }) => {
          const endpoint = await kernel.webhooks.endpoints.get(merchantId, defaultEndpointId)
          return endpoint.ok ? endpoint.value.secrets.map(({ id }) => id) : null
        })
      ),
    close: async () => {
      await kernel.close()
      remove()
    }
  }
}

let world: Awaited<ReturnType<typeof openWorld>>
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

it("becomes that of every demo merchant, once", async () => {
  await world.set(first)
  const given = await world.secretsGiven()
  expect(given).toEqual([[expect.any(String)], [expect.any(String)]])
  await world.set(first)
  expect(await world.secretsGiven()).toEqual(given)
})

it("takes the place of the one before, which signs no longer", async () => {
  await world.set(first)
  const before = await world.secretsGiven()
  await world.set(second)
  const after = await world.secretsGiven()
  for (const [place, secrets] of after.entries()) expect(secrets?.[0]).not.toBe(before[place]?.[0])
})

it("that is not set leaves everything as it is", async () => {
  await world.set(null)
  expect(await world.secretsGiven()).toEqual([null, null])
  await world.set(first)
  const given = await world.secretsGiven()
  await world.set(null)
  expect(await world.secretsGiven()).toEqual(given)
})
