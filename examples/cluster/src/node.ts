/**
 * A node: the whole API, and no state of its own. Its keys it has in common with the others, what must last is in the
 * database, and the bank is asked in another process; so any node may take any request, and any may be lost.
 */
import { randomUUID } from "node:crypto"
import { openCardDoor, v1Handler } from "@paykernel/adapters-http"
import { bankMessageHandler, gatewayDescription, httpGateway, type Remote } from "@paykernel/adapters-http/gateway"
import { createKernel, type Incident } from "@paykernel/core"
import { sandboxRisk } from "@paykernel/core/simulator"
import { envelopeVault } from "@paykernel/core/vault"
import { openApiKeys } from "@paykernel/example-server/api-keys"
import { openDatabase } from "@paykernel/example-server/database"
import { placeOf } from "@paykernel/example-server/defect-place"
import { openApiKey, openKeys } from "@paykernel/example-server/keys"
import { registerMerchants } from "@paykernel/example-server/merchants"
import { type Handler, listen } from "@paykernel/example-server/node-http"
import * as Redacted from "effect/Redacted"
import { type OnClose, opening, type Running, runProcess } from "./running.ts"
import { openSecrets } from "./secrets.ts"
import { type NodeSettings, nodeDefaults, nodeVariable, readNodeSettings } from "./settings.ts"

/** Starts a node; waits a while for a database and a bank that are not there yet. */
export const startNode = (databaseUrl: Redacted.Redacted<string>, settings: NodeSettings): Promise<Running> =>
  opening((onClose) => open(databaseUrl, settings, onClose))

/** Nodes that start together find the same merchant missing, and one of them is first: the others find it then. */
const untilFirst = async <A>(register: () => Promise<A>, triesLeft = 20): Promise<A> => {
  try {
    return await register()
  } catch (cause) {
    if (triesLeft === 0) throw cause
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200))
    return untilFirst(register, triesLeft - 1)
  }
}

const graceMs = 5000
const log = console.error
const onDefect = (cause: unknown): void => log(`defect: ${placeOf(cause)}`)

const open = async (
  databaseUrl: Redacted.Redacted<string>,
  settings: NodeSettings,
  onClose: OnClose
): Promise<{ readonly address: string }> => {
  const { host = "127.0.0.1", port = 0, callTimeoutMs, leaseMs, waitMs, ...rest } = { ...nodeDefaults, ...settings }
  const keys = await openKeys(rest.keysDirectory)
  const apiKeys = [await openApiKey(rest.keysDirectory)]
  const secrets = await openSecrets(rest.secretsDirectory)
  const database = await openDatabase({ _tag: "Postgres", url: databaseUrl }, { waitMs, log })
  onClose(database.close)
  const bank: Remote = { url: `${rest.bankUrl}/gateway`, secret: secrets.gateway }
  const capabilities = await capabilitiesOf(bank, waitMs)

  // Payers come back to this address, so it has to be known before anything is sent.
  const { promise: ready, resolve: serve } = Promise.withResolvers<Handler>()
  const http = await listen({ host, port, onDefect, handle: async (request) => (await ready)(request) })
  onClose(() => http.close(0))
  const kernel = createKernel({
    store: database.store,
    gateway: httpGateway({ ...bank, capabilities }),
    vault: envelopeVault(keys.vault),
    risk: sandboxRisk(),
    digestKey: keys.digest,
    challengeReturnUrl: (state) => `${http.address}/v1/3ds/return/${state}`,
    callTimeoutMs,
    worker: { leaseMs },
    onIncident: (incident) => log(wordsOf(incident))
  })
  onClose(kernel.close)
  await kernel.ready()

  const holders = await untilFirst(() => registerMerchants(kernel, { ...rest, ...keys, apiKeys }))
  const verifier = await openApiKeys({ register: database.apiKeys, holders, pepper: keys.pepper, nowMs: Date.now, log })
  const api = v1Handler({
    kernel,
    cardDoor: await openCardDoor({ keys: [keys.card] }),
    authenticate: verifier.authenticate,
    newRequestId: randomUUID,
    nowMs: Date.now,
    onDefect
  })
  onClose(api.close)
  const messages = bankMessageHandler({ kernel, secret: secrets.messages, onDefect })
  serve((request) => (new URL(request.url).pathname === "/bank-messages" ? messages : api).fetch(request))
  onClose(() => http.close(graceMs))
  return { address: http.address }
}

const pauseMs = 100

/** What the bank's gateway can do, which a kernel must know before it is made. */
const capabilitiesOf = async (bank: Remote, waitMs: number) => {
  for (const untilMs = Date.now() + waitMs; ; ) {
    try {
      return (await gatewayDescription(bank, 2000)).capabilities
    } catch (cause) {
      if (Date.now() > untilMs) throw cause
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

const wordsOf = ({ kind, aggregate, subject, why }: Incident): string =>
  `${kind}: ${aggregate.type} ${aggregate.id} ${subject}: ${why}`

if (process.argv[1] === import.meta.filename) {
  await runProcess("paykernel node", async () => {
    const databaseUrl = process.env["DATABASE_URL"]
    if (databaseUrl === undefined) throw new Error("DATABASE_URL must be postgres://USER:PASSWORD@HOST/DATABASE")
    return startNode(Redacted.make(databaseUrl), readNodeSettings(process.env[nodeVariable]))
  })
}
