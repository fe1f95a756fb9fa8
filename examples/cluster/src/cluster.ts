/**
 * Starts everything on one machine: the bank, and nodes that share a database, keys, and nothing else. Whoever starts a
 * cluster may kill, freeze and restart each of its processes.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openApiKey, openKeys } from "@paykernel/example-server/keys"
import { writePrivateFile } from "@paykernel/example-server/private-file"
import * as Redacted from "effect/Redacted"
import { journalFile, nodesFile, operatorSecretFile } from "./bank.ts"
import { type ClusterProcess, type Script, startProcess } from "./cluster-process.ts"
import { openSecret, openSecrets } from "./secrets.ts"
import { type BankSettings, bankVariable, type NodeSettings, nodeVariable } from "./settings.ts"

type NodeTimes = Omit<NodeSettings, "host" | "port" | "bankUrl" | "keysDirectory" | "secretsDirectory">
type BankTimes = Omit<BankSettings, "host" | "port" | "directory" | "secretsDirectory" | "latencyMs">

export type ClusterOptions = {
  /** `postgres://…`: a database that is this cluster's own. */
  readonly databaseUrl: string
  /** Default 3. */
  readonly nodes?: number
  /** For keys and the bank's book. One that is not given is made, and removed in the end. */
  readonly directory?: string
  readonly bankLatencyMs?: number
  readonly bankTimes?: BankTimes
  readonly nodeTimes?: NodeTimes
  /** Files that are run instead of the sources of bank and node. */
  readonly scripts?: { readonly [script in Script]: string }
  /** Gets what the processes print. */
  readonly log?: (line: string) => void
}

export type Bank = ClusterProcess & {
  /** Its book: a line of JSON for each thing that happened. */
  readonly journalPath: string
  /** How it treats calls from now on, as `sandboxGateway` does; a restart makes it `normal` again. */
  readonly setMode: (mode: string, rate?: number) => Promise<void>
}

export type Cluster = {
  readonly nodes: ReadonlyArray<ClusterProcess>
  readonly bank: Bank
  readonly apiKey: string
  /** Keys that the nodes share. */
  readonly keysDirectory: string
  /** Stops everything, also what was frozen, and removes what was made. The database stays. */
  readonly close: () => Promise<void>
}

/** Starts the bank, then all nodes together. Resolves when every one of them is ready. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "paykernel-cluster-")))
  const processes: Array<ClusterProcess> = []
  const close = async (): Promise<void> => {
    // Nodes first: what they still ask of the bank is answered.
    for (const one of processes.splice(0).reverse()) await one.stop()
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
  }
  try {
    const started = await startAll(options, directory, (one) => processes.push(one))
    return { ...started, keysDirectory: join(directory, "keys"), close }
  } catch (cause) {
    await close()
    throw cause
  }
}

const startAll = async (
  options: ClusterOptions,
  directory: string,
  onStart: (one: ClusterProcess) => void
): Promise<Pick<Cluster, "nodes" | "bank" | "apiKey">> => {
  const keysDirectory = join(directory, "keys")
  const secretsDirectory = join(directory, "secrets")
  const bankDirectory = join(directory, "bank")
  // Made here, once: processes that started together would each make their own.
  await openKeys(keysDirectory)
  const apiKey = Redacted.value(await openApiKey(keysDirectory))
  await openSecrets(secretsDirectory)
  const { databaseUrl, bankLatencyMs, bankTimes, nodeTimes, scripts, log = () => {} } = options
  const fileOf = (script: Script) => (scripts === undefined ? {} : { file: scripts[script] })

  const bankSettings: BankSettings = { directory: bankDirectory, secretsDirectory, ...bankTimes }
  const latency = bankLatencyMs === undefined ? {} : { latencyMs: bankLatencyMs }
  const bank = await startProcess({
    script: "bank",
    ...fileOf("bank"),
    environment: (port) => ({ [bankVariable]: JSON.stringify({ ...bankSettings, ...latency, port }) }),
    onLine: (line) => log(`bank: ${line}`)
  })
  onStart(bank)
  const shared: NodeSettings = { bankUrl: bank.address, keysDirectory, secretsDirectory, ...nodeTimes }
  const startNode = async (place: number): Promise<ClusterProcess> => {
    const node = await startProcess({
      script: "node",
      ...fileOf("node"),
      environment: (port) => ({ DATABASE_URL: databaseUrl, [nodeVariable]: JSON.stringify({ ...shared, port }) }),
      onLine: (line) => log(`node ${place}: ${line}`)
    })
    onStart(node)
    return node
  }
  const starting = Array.from({ length: options.nodes ?? 3 }, (_, at) => startNode(at + 1))
  // Each is waited for, so that one that fails leaves no other behind.
  await Promise.allSettled(starting)
  const nodes = await Promise.all(starting)
  await writePrivateFile(nodesFile(bankDirectory), JSON.stringify(nodes.map(({ address }) => address)))
  return { nodes, bank: await operated(bank, bankDirectory), apiKey }
}

const operated = async (bank: ClusterProcess, directory: string): Promise<Bank> => {
  const secret = await openSecret(operatorSecretFile(directory))
  const setMode: Bank["setMode"] = async (mode, rate = 1) => {
    const response = await fetch(`${bank.address}/mode?mode=${mode}&rate=${rate}`, {
      method: "POST",
      headers: { authorization: `Bearer ${Redacted.value(secret)}` }
    })
    if (!response.ok) throw new Error(`the bank has no mode ${mode} with a rate of ${rate}`)
  }
  // The process's id changes with each restart, so it is asked for and not copied.
  return {
    ...bank,
    get pid() {
      return bank.pid
    },
    journalPath: journalFile(directory),
    setMode
  }
}
