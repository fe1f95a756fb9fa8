/**
 * A cluster that is about to be hurt, its busy merchant, and the judge who compares all books when the hurting is over.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { type ClientJournal, openClientJournal } from "@paykernel/four-books/client-journal"
import { type Client, type Comparison, compareBooks } from "@paykernel/four-books/four-books"
import { textAt } from "@paykernel/four-books/json-reading"
import { type Load, startLoad } from "@paykernel/four-books/load"
import { type Answered, type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { pause } from "@paykernel/four-books/polling"
import { freshDatabase } from "@paykernel/test-postgres"
import { expect } from "vitest"
import { auditDatabase } from "../../src/audit.ts"
import { type Cluster, type ClusterOptions, startCluster } from "../../src/cluster.ts"
import { bundledScripts } from "../bundled-scripts.ts"
import { untilAtRest } from "./rest.ts"

export const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
export const seed = Number(process.env["PAYKERNEL_SEED"] ?? Date.now() % 1_000_000)

export type SiteOptions = Omit<ClusterOptions, "databaseUrl" | "directory"> & {
  /** A server of one's own; that of all tests unless one is named. */
  readonly postgresUrl?: string
  readonly random: () => number
}

export type Site = {
  readonly cluster: Cluster
  readonly databaseUrl: string
  readonly directory: string
  /** Each call goes to any of the nodes. */
  readonly api: MerchantClient
  readonly journal: ClientJournal
  /** How calls of `api` have ended so far. */
  readonly calls: () => Calls
  /** Encrypted for the nodes. */
  readonly secrets: { readonly card: Encrypted; readonly cvv: Encrypted }
  readonly startLoad: (callers: number) => Load
  /**
   * Waits until nothing is left to do, 60 s at most, and finds that all books agree. Prints the figures. `clients` are
   * all merchants who have asked for something; unless they are given, the one whom `api` and `journal` belong to.
   */
  readonly judge: (fault: string, figures: object, clients?: Clients) => Promise<Comparison>
  readonly close: () => Promise<void>
}

export type Clients = readonly [Client, ...ReadonlyArray<Client>]

export type Calls = { readonly asked: number; readonly refused: number; readonly unanswered: number }

type Encrypted = { readonly keyId: string; readonly encryptedData: string }

/** A frozen node answers nobody: whoever waits for it goes to another. */
const answerLimitMs = 5000
/** Long enough for the judge to read a database between two settlements. */
const settlementIntervalMs = isDeep ? 20_000 : 4000

export const openSite = async (options: SiteOptions): Promise<Site> => {
  const { postgresUrl, random, ...ofCluster } = options
  const directory = mkdtempSync(join(tmpdir(), "paykernel-faults-"))
  const { url: databaseUrl, drop } = await freshDatabase(postgresUrl)
  const nodeTimes = { settlementIntervalMs, ...ofCluster.nodeTimes }
  const cluster = await startCluster({
    databaseUrl,
    directory,
    scripts: await bundledScripts(),
    ...ofCluster,
    nodeTimes
  })
  const journal = openClientJournal(join(directory, "client-journal.jsonl"))
  const anyNode = (): string => cluster.nodes[Math.floor(random() * cluster.nodes.length)]?.address ?? ""
  const { api, calls } = counting(merchantClient(anyNode, cluster.apiKey, answerLimitMs))
  const key = (await api.get("/v1/encryption/public")).body
  const publicKey = { keyId: textAt(key, "data", "keyId"), publicKey: textAt(key, "data", "publicKey") }
  const secrets = {
    card: await encryptCardData({ number: "4007400000000007", cvv: "123" }, publicKey),
    cvv: await encryptCardData({ cvv: "123" }, publicKey)
  }
  return {
    cluster,
    databaseUrl,
    directory,
    api,
    journal,
    calls,
    secrets,
    startLoad: (callers) => startLoad({ api, journal, callers, random, ...secrets }),
    judge: async (fault, figures, [first, ...others] = [{ clientJournal: journal, api }]) => {
      const restMs = await untilAtRest(databaseUrl, settlementIntervalMs / 2)
      const books = { sandboxDir: dirname(cluster.bank.journalPath), bankShownAt: null, databaseUrl }
      const comparison = await compareBooks({ ...books, ...first, others })
      const { differences, ...counts } = comparison
      const told = { ...figures, restMs, ...counts, differences: differences.length }
      process.stdout.write(`${fault}: ${JSON.stringify(told)}\n`)
      expect(differences).toEqual([])
      expect(await auditDatabase(databaseUrl, cluster.keysDirectory)).toEqual([])
      return comparison
    },
    close: async () => {
      await cluster.close()
      await drop().finally(() => rmSync(directory, { recursive: true, force: true }))
    }
  }
}

/** Counts how calls end. An answer of 5xx is none: whoever gets it has to repeat. */
const counting = (inner: MerchantClient): { readonly api: MerchantClient; readonly calls: () => Calls } => {
  const calls = { asked: 0, refused: 0, unanswered: 0 }
  const counted = async (call: () => Promise<Answered>): Promise<Answered> => {
    calls.asked++
    try {
      const answer = await call()
      if (answer.status >= 500) calls.refused++
      return answer
    } catch (cause) {
      calls.unanswered++
      throw cause
    }
  }
  return {
    api: {
      get: (path) => counted(() => inner.get(path)),
      post: (path, body) => counted(() => inner.post(path, body)),
      put: (path, body) => counted(() => inner.put(path, body))
    },
    calls: () => ({ ...calls })
  }
}

/** Until the load has had so many more answers. */
export const goesOn = async (load: Load, answers: number, limitMs = 60_000): Promise<void> => {
  const before = load.answered()
  for (const untilMs = Date.now() + limitMs; load.answered() < before + answers; await pause(10)) {
    if (Date.now() > untilMs) throw new Error(`only ${load.answered() - before} answers in ${limitMs} ms`)
  }
}
