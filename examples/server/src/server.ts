/** Puts the pieces together: storage, vault, simulated bank, kernel, API and controls, behind one address. */
import { join } from "node:path"
import { merchantApiKeys, openNotifications, type RateLimits } from "@paykernel/adapters-http"
import { createKernel, defaultRisk, firstDenial, keyedDigest, noRiskRules, type RiskRules } from "@paykernel/core"
import {
  type BankMessage,
  sandboxGateway,
  sandboxRisk,
  simulatedBlockchain,
  simulatedExchangeRates
} from "@paykernel/core/simulator"
import { openChainFileJournal, openFileJournal } from "@paykernel/core/simulator/file-journal"
import { envelopeVault } from "@paykernel/core/vault"
import { nodeWebhookSender } from "@paykernel/webhooks/node"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { openApiKeys } from "./api-keys.ts"
import { clientAddressFrom } from "./client-address.ts"
import { aheadMsMax, openSandboxClock } from "./clock.ts"
import { accountsOf, type DashboardAccount, openDashboardAccount } from "./dashboard-account.ts"
import { lockDirectory } from "./data-lock.ts"
import { openDatabase, type ServerDatabase } from "./database.ts"
import { placeOf } from "./defect-place.ts"
import { openDoors } from "./doors.ts"
import { openApiKey, openKeys, type ServerKeys } from "./keys.ts"
import { registerMerchants } from "./merchants.ts"
import { type Handler, listen } from "./node-http.ts"
import { openPayoutNetwork } from "./payout-network.ts"
import { sandboxControls } from "./sandbox.ts"
import type { ServerSettings } from "./settings.ts"
import { timeMachine } from "./time-machine.ts"
import { setWebhookSecret } from "./webhook-secret.ts"

export type RunningServer = {
  /** Where clients find it: `http://127.0.0.1:3000`. */
  readonly address: string
  /** The key that the server made for itself; `null` where the settings brought keys. */
  readonly generatedApiKey: Redacted.Redacted<string> | null
  /** Who may sign in under `/dashboard`. */
  readonly dashboardAccount: DashboardAccount
  /** Finishes what is under way, for ten seconds at most, and gives everything back. */
  readonly close: () => Promise<void>
}

/** Where news for a person go. Names and ids, never card data or amounts. */
export type ServerLog = (line: string) => void

const graceMs = 10_000
const patienceMs = 20_000
const bankTimeoutMs = 5_000
/** Simulated blocks and institutions are quick; whoever plays with them need not wait for somebody to look. */
const chainLookPauseMs = 1_000

/** Starts everything; on a failure what was opened is closed again before it rejects. */
export const startServer = async (settings: ServerSettings, log: ServerLog): Promise<RunningServer> => {
  const opened: Array<() => unknown> = []
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    return await open(settings, log, (close) => opened.push(close), closeAll)
  } catch (cause) {
    await closeAll()
    throw cause
  }
}

type OnClose = (close: () => unknown) => void

const open = async (
  settings: ServerSettings,
  log: ServerLog,
  onClose: OnClose,
  close: () => Promise<void>
): Promise<RunningServer> => {
  const { sandboxDir } = settings
  const lock = lockDirectory(sandboxDir)
  onClose(lock.release)
  const keys = await openKeys(sandboxDir)
  const generatedApiKey = settings.apiKeys.length === 0 ? await openApiKey(sandboxDir) : null
  const apiKeys = generatedApiKey === null ? settings.apiKeys : [generatedApiKey]
  const dashboardAccount = await openDashboardAccount(sandboxDir, settings.dashboard)
  const database = await openDatabase(settings.database, { waitMs: settings.databaseWaitMs, log })
  onClose(database.close)

  // The address is part of what payers are sent to, so it has to be known before anything is sent.
  const { promise: ready, resolve: serve, reject: fail } = Promise.withResolvers<Handler>()
  ready.catch(() => {})
  onClose(() => fail(new Error("the server is closed")))
  const onDefect = (cause: unknown, requestId = ""): void => log(`defect ${requestId}: ${placeOf(cause)}`)
  const { host, port } = settings
  const http = await listen({ host, port, onDefect, handle: async (request) => (await ready)(request) })
  onClose(() => http.close(0))

  const world = await openWorld({ settings, keys, database, address: http.address, log, onClose })
  const holders = await registerMerchants(world.kernel, { ...settings, ...keys, apiKeys })
  await setWebhookSecret(world.kernel, { ...settings, pepper: keys.pepper, holders })
  const verifier = await openApiKeys({ register: database.apiKeys, holders, pepper: keys.pepper, nowMs: Date.now, log })
  const machine = timeMachine({
    ...world,
    bank: { drain: Effect.andThen(world.bank.drain, Effect.andThen(world.chains.drain, world.payout.drain)) },
    patienceMs
  })
  const doors = await openDoors({
    ...world,
    address: http.address,
    keys,
    verifier,
    dashboard: {
      accounts: accountsOf(dashboardAccount, holders[0]?.merchantId ?? ""),
      apiKeys: merchantApiKeys({ register: database.apiKeys, pepper: keys.pepper, verifier, nowMs: Date.now })
    },
    clientAddress: clientAddressFrom(settings.clientAddressHeader),
    areReturnsBound: settings.areReturnsBound,
    log,
    onDefect,
    ...(await limitsOf(settings, database))
  })
  onClose(doors.close)
  const controls = sandboxControls({ ...world, timeMachine: machine, verifier })
  const gated = machine.gated(doors.fetch, onlyReads)
  serve((request) => (new URL(request.url).pathname.startsWith("/sandbox/") ? controls : gated)(request))
  onClose(() => http.close(graceMs))
  return { address: http.address, generatedApiKey, dashboardAccount, close }
}

/** Whether a request asks an API and has nothing done by it. A payer who comes back from a bank does. */
const onlyReads = ({ method, url }: Request): boolean =>
  method === "GET" && /^\/(?:v1|v2|api)\/(?!3ds\/)/u.test(new URL(url).pathname)

/** Counted by the real clock: a sandbox that is ahead of its time has callers that are not. */
const limitsOf = async (
  { rateLimits: perMinute }: ServerSettings,
  { openRateLimiter }: ServerDatabase
): Promise<{ readonly rateLimits?: RateLimits }> =>
  perMinute === null ? {} : { rateLimits: { limiter: await openRateLimiter(), nowMs: Date.now, perMinute } }

/** Far above what a person or a test does, and below what a script that tries stolen cards would like. */
const riskRules: RiskRules = {
  ...noRiskRules,
  velocity: {
    perCard: { max: 6000, windowMs: 60_000 },
    perEmail: { max: 6000, windowMs: 60_000 },
    perIp: { max: 6000, windowMs: 60_000 }
  }
}

type World = {
  readonly settings: ServerSettings
  readonly keys: ServerKeys
  readonly database: ServerDatabase
  readonly address: string
  readonly log: ServerLog
  readonly onClose: OnClose
}

/** The kernel, and the bank that it is played against. */
const openWorld = async ({ settings, keys, database: { store }, address, log, onClose }: World) => {
  const { sandboxDir, bankLatencyMs: latencyMs, webhookAllowHosts: allowHosts } = settings
  const clock = await openSandboxClock(join(sandboxDir, "clock.json"))
  const journal = await openFileJournal(join(sandboxDir, "gateway-journal.jsonl"))
  onClose(journal.close)
  const digest = keyedDigest(keys.digest)
  const inbox: { deliver: (message: BankMessage) => void } = { deliver: () => {} }
  const bank = sandboxGateway({
    onMessage: (message) => inbox.deliver(message),
    journal,
    clock,
    latencyMs,
    random: Math.random,
    digest,
    challengeUrl: (challengeId) => `${address}/sandbox/3ds/${challengeId}`,
    merchantName: async (merchantId) => {
      const found = await kernel.merchants.get(merchantId)
      return found.ok ? (found.value.profile.displayName ?? found.value.name) : merchantId
    }
  })
  onClose(() => Effect.runPromise(bank.close))
  const chainJournal = await openChainFileJournal(join(sandboxDir, "chain-journal.jsonl"))
  onClose(chainJournal.close)
  const chains = simulatedBlockchain({
    journal: chainJournal,
    clock,
    latencyMs,
    random: Math.random,
    secret: digest.of("gateway-key", "the sandbox's chains")
  })
  onClose(() => Effect.runPromise(chains.drain))
  const payout = await openPayoutNetwork({ sandboxDir, clock, onClose })
  onClose(() => Effect.runPromise(payout.drain))
  const notifications = await openNotifications({ keys: keys.notifications, publicUrl: address })
  const sender = nodeWebhookSender({ allowHosts })
  const kernel = createKernel({
    store,
    gateway: bank.gateway,
    vault: envelopeVault(keys.vault),
    risk: firstDenial([sandboxRisk(), defaultRisk(store, riskRules)]),
    digestKey: keys.digest,
    clock,
    challengeReturnUrl: (state) => `${address}/v1/3ds/return/${state}`,
    callTimeoutMs: bankTimeoutMs,
    // Days that were skipped are no days in doubt: nobody is called because the clock was put forward.
    resolveLimitMs: aheadMsMax,
    intents: {
      blockchain: chains.blockchain,
      exchangeRates: simulatedExchangeRates({ clock }).exchangeRates,
      lookPauseMaxMs: chainLookPauseMs
    },
    crossBorder: { network: payout.network, chain: payout.fundingChain, lookPauseMaxMs: chainLookPauseMs },
    webhooks: { sender, dialects: notifications.dialects },
    onIncident: ({ kind, aggregate, subject, why }) =>
      log(`${kind}: ${aggregate.type} ${aggregate.id} ${subject}: ${why}`)
  })
  onClose(kernel.close)
  await kernel.ready()
  // A message that is lost loses nothing: what it says is also found by looking up.
  inbox.deliver = ({ merchantId, paymentId, gatewayKey, verdict }) => {
    kernel.payments
      .hear(merchantId, paymentId, { gatewayKey, verdict })
      .catch((cause) => log(`defect: ${placeOf(cause)}`))
  }
  return { kernel, bank, chains, payout, clock, notifications: notifications.published, vetWebhookUrl: sender.vet }
}
