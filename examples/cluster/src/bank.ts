/**
 * The bank as a process of its own: the only one that nodes send cards to. It keeps its own book, shows payers its
 * pages, and tells the nodes what it has to say by itself.
 */
import { join } from "node:path"
import { gatewayHandler, postBankMessage, secretVerifier } from "@paykernel/adapters-http/gateway"
import { type BankMessage, type SandboxGateway, sandboxGateway } from "@paykernel/core/simulator"
import { openFileJournal } from "@paykernel/core/simulator/file-journal"
import { lockDirectory } from "@paykernel/example-server/data-lock"
import { placeOf } from "@paykernel/example-server/defect-place"
import { type Handler, listen } from "@paykernel/example-server/node-http"
import { readPrivateFile } from "@paykernel/example-server/private-file"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type OnClose, opening, type Running, runProcess } from "./running.ts"
import { openSecret, openSecrets } from "./secrets.ts"
import { type BankSettings, bankDefaults, bankVariable, readBankSettings } from "./settings.ts"

/** Starts the bank as its book left it. */
export const startBank = (settings: BankSettings): Promise<Running> => opening((onClose) => open(settings, onClose))

/** Where the bank finds the nodes: a file with a JSON list of addresses, which may change. */
export const nodesFile = (directory: string): string => join(directory, "nodes.json")

/** The book, a line of JSON for each thing that happened. */
export const journalFile = (directory: string): string => join(directory, "gateway-journal.jsonl")

/** Whoever holds this secret may look at the bank's journal and make it misbehave. */
export const operatorSecretFile = (directory: string): string => join(directory, "operator-secret")

const graceMs = 1000

const open = async (settings: BankSettings, onClose: OnClose): Promise<{ readonly address: string }> => {
  const { host = "127.0.0.1", port = 0, directory, secretsDirectory, ...rest } = { ...bankDefaults, ...settings }
  const { travelMaxMs, clockSkewMaxMs, ...times } = rest
  // Two banks with one book would each execute what the other has executed.
  onClose(lockDirectory(directory).release)
  const secrets = await openSecrets(secretsDirectory)
  const operator = await openSecret(operatorSecretFile(directory))
  const journal = await openFileJournal(journalFile(directory))
  onClose(journal.close)

  // The address is part of what payers are sent to, so it has to be known before anything is sent.
  const { promise: ready, resolve: serve } = Promise.withResolvers<Handler>()
  const onDefect = (cause: unknown): void => console.error(`defect: ${placeOf(cause)}`)
  const http = await listen({ host, port, onDefect, handle: async (request) => (await ready)(request) })
  onClose(() => http.close(graceMs))

  const bank = sandboxGateway({
    journal,
    clock: { nowMs: Date.now },
    random: Math.random,
    challengeUrl: (challengeId) => `${http.address}/3ds/${challengeId}`,
    onMessage: (message) => void tellNodes(directory, message, secrets.messages).catch(onDefect),
    ...times
  })
  onClose(() => Effect.runPromise(bank.close))
  const limits = { travelMaxMs, clockSkewMaxMs }
  const gateway = gatewayHandler({ gateway: bank.gateway, secret: secrets.gateway, limits, onDefect })
  const isOperator = secretVerifier(operator)
  serve(async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === "/gateway") return gateway.fetch(request)
    if (pathname.startsWith("/3ds/")) return bank.challenges.handle(request)
    if (!isOperator(request.headers.get("authorization"))) return new Response(null, { status: 404 })
    return pathname === "/mode" && request.method === "POST"
      ? setMode(bank, request)
      : new Response(null, { status: 404 })
  })
  return { address: http.address }
}

/** What gets lost here is found by the nodes themselves, when they ask. */
const tellNodes = async (
  directory: string,
  message: BankMessage,
  secret: Parameters<typeof postBankMessage>[1]["secret"]
): Promise<void> => {
  const nodes: unknown = JSON.parse((await readPrivateFile(nodesFile(directory))) ?? "[]")
  const urls = Array.isArray(nodes) ? nodes.map((address) => `${address}/bank-messages`) : []
  await postBankMessage(message, { urls, secret, timeoutMs: 2000 })
}

const setMode = async (bank: SandboxGateway, request: Request): Promise<Response> => {
  const url = new URL(request.url)
  const set = bank.setMode(url.searchParams.get("mode") ?? "", Number(url.searchParams.get("rate") ?? "1"))
  return Result.isSuccess(set) ? Response.json(set.success) : Response.json(set.failure, { status: 400 })
}

if (process.argv[1] === import.meta.filename) {
  await runProcess("paykernel bank", async () => startBank(readBankSettings(process.env[bankVariable])))
}
