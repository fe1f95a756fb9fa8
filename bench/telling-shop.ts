/**
 * A shop that tells its merchants of what happens: kernels over one SQLite file with full durability, the sender for
 * Node, and the dialect of the kernel, signed with a shared secret and with a key pair.
 */
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { generateNotificationKeys, openNotifications } from "@paykernel/adapters-http"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import { createKernel, type Kernel, type KernelOptions, money } from "@paykernel/core"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { envelopeVault } from "@paykernel/core/vault"
import { nodeWebhookSender } from "@paykernel/webhooks/node"
import { benchKeyRing, registration } from "./shop.ts"

export type TellingShop = {
  readonly store: KernelOptions["store"]
  /** One more process, so to speak. Without a worker it accepts, and leaves the telling to others. */
  readonly kernel: (how?: Pick<KernelOptions, "worker">) => Kernel
  /** Of the database, what was written ahead included. */
  readonly bytes: () => number
  readonly close: () => Promise<void>
}

/** Tells the receiver at `host` alone. */
export const openTellingShop = async (host: string): Promise<TellingShop> => {
  const folder = mkdtempSync(join(tmpdir(), "paykernel-bench-"))
  const path = join(folder, "kernel.sqlite")
  const { store, close } = sqliteStore({ path })
  const { gateway } = sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs: () => Date.now() },
    random: Math.random,
    latencyMs: 1,
    challengeUrl: (id) => `http://localhost/${id}`
  })
  const keys = await generateNotificationKeys({ newKeyId: randomUUID(), nowMs: Date.now() })
  const { dialects } = await openNotifications({ keys, publicUrl: "http://localhost" })
  const options = {
    store,
    gateway,
    vault: envelopeVault(await benchKeyRing()),
    digestKey: new Uint8Array(32).fill(7),
    webhooks: { sender: nodeWebhookSender({ allowHosts: [host] }), dialects }
  }
  return {
    store,
    kernel: (how = {}) => createKernel({ ...options, ...how }),
    bytes: () =>
      [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    close: async () => {
      await close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** A merchant with one endpoint, which wants to hear of every checkout that is opened. */
export const merchantWithEndpoint = async ({ merchants, webhooks }: Kernel, id: string, url: string): Promise<void> => {
  const made = [
    await merchants.register({ ...registration, id }),
    await webhooks.endpoints.create(id, { dialect: "paykernel.v1", name: null, url, types: ["checkout.opened"] })
  ]
  for (const outcome of made) if (!outcome.ok) throw new Error(outcome.error._tag)
}

/** Opens a page, which is one message to the merchant's endpoint. Answers the page's name. */
export const openPage = async ({ checkouts }: Kernel, merchantId: string): Promise<string> => {
  const opened = await checkouts.open(merchantId, {
    amount: money(1000n, "USD"),
    description: "one coffee",
    customer: null,
    metadata: '{"order":"1000-2000-3000"}',
    webhookUrl: null,
    returnUrl: "https://shop.example/thanks",
    expiresAtMs: null
  })
  if (!opened.ok) throw new Error(opened.error._tag)
  return opened.value.view.checkout.id
}
