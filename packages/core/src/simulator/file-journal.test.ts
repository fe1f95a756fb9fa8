import { spawn } from "node:child_process"
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { money } from "../money/index.ts"
import { everyCvvResult } from "../testing/every-word.ts"
import { JournalCorrupt, openChainFileJournal, openFileJournal, openNetworkFileJournal } from "./file-journal.ts"
import type { BankRecord, Executed } from "./journal.ts"

let directory = ""
let path = ""
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "file-journal-"))
  path = join(directory, "deep", "journal.jsonl")
})
afterEach(() => rm(directory, { recursive: true }))

const executed = (operationKey: string): Executed => ({
  record: "executed",
  operationKey,
  kind: "authorize",
  amount: "10.00",
  currency: "USD",
  outcome: "approved",
  at: "2027-01-01T00:00:00.000Z",
  merchantId: "merchant-1",
  paymentId: "Zoë's payment",
  authorizationKey: null,
  capture: false,
  reference: "gw_000000000001",
  code: null,
  avs: "Y",
  cvv: "pass"
})

const everyKind: ReadonlyArray<BankRecord> = [
  executed("one"),
  {
    record: "reversed",
    operationKey: "one",
    kind: "void",
    amount: "10.00",
    currency: "USD",
    outcome: "approved",
    at: "2027-01-01T00:00:00.001Z"
  },
  { record: "poisoned", operationKey: "two", at: "2027-01-01T00:00:00.002Z" },
  {
    record: "authentication_decided",
    key: "3ds",
    merchantId: "merchant-1",
    amount: "5.66",
    currency: "USD",
    returnUrl: "https://shop.example/back?state=1",
    result: "challenged",
    eci: "05",
    code: null,
    challenge: { id: "c", formToken: "t", expiresAtMs: 1_800_000_000_000 },
    at: "2027-01-01T00:00:00.003Z"
  },
  { record: "challenge_answered", challengeId: "c", answer: "approved", at: "2027-01-01T00:00:00.004Z" }
]

const usdc = money(1n, "USDC")

const write = async (records: ReadonlyArray<BankRecord>): Promise<void> => {
  const journal = await openFileJournal(path)
  for (const record of records) await journal.append(record)
  await journal.close()
}

const read = async () => {
  const journal = await openFileJournal(path)
  await journal.close()
  return { records: journal.read(), tornBytes: journal.tornBytes }
}

describe("a journal in a file", () => {
  it("gives back every kind of record after it was closed", async () => {
    await write(everyKind)
    expect(await read()).toEqual({ records: everyKind, tornBytes: 0 })
  })

  it("gives back whatever an issuer may say to a card, a code or a payer", async () => {
    const checked = everyCvvResult.map((cvv) => ({
      ...executed(cvv),
      cvv
    }))
    const challenged = everyKind.filter(({ record }) => record === "authentication_decided")
    const authenticated = challenged.flatMap((one) =>
      (["passed", "failed", "challenged"] as const).map((result) => ({ ...one, result }))
    )
    const records = [...checked, ...authenticated]
    await write(records)
    expect((await read()).records).toEqual(records)
  })

  it.skipIf(process.platform === "win32")("is readable by its owner only", async () => {
    await write([])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it("takes many appends at once, keeps their order, and shows only what is durable", async () => {
    const journal = await openFileJournal(path)
    const keys = Array.from({ length: 500 }, (_, i) => `key-${i}`)
    const appends = keys.map((key) => journal.append(executed(key)))
    expect(journal.read()).toEqual([])
    await appends[0]
    expect(journal.read().length).toBeGreaterThan(0)
    await Promise.all(appends)
    const onDisk = (await readFile(path, "utf8")).trimEnd().split("\n")
    expect(onDisk.map((line) => JSON.parse(line).operationKey)).toEqual(keys)
    expect(journal.read()).toHaveLength(500)
    await journal.close()
  })

  it("syncs before it answers, and many appends share one sync", async () => {
    const journal = await openFileJournal(path)
    const probe = await open(path)
    const sync = vi.spyOn(Object.getPrototypeOf(probe), "datasync")
    await journal.append(executed("alone"))
    expect(sync).toHaveBeenCalledTimes(1)
    await Promise.all(Array.from({ length: 300 }, (_, i) => journal.append(executed(`key-${i}`))))
    expect(sync.mock.calls.length).toBeGreaterThan(1)
    expect(sync.mock.calls.length).toBeLessThan(5)
    sync.mockRejectedValueOnce(new Error("disk full"))
    const [lost, behind] = await Promise.allSettled([executed("lost"), executed("behind")].map(journal.append))
    const refused = { status: "rejected", reason: new Error("disk full") }
    expect([lost, behind]).toEqual([refused, refused])
    await expect(journal.append(executed("after"))).rejects.toThrow("disk full")
    expect(journal.read()).toHaveLength(301)
    sync.mockRestore()
    await probe.close()
    await journal.close()
  })

  it.skipIf(process.platform === "win32")("syncs a new file and the directory that names it", async () => {
    await write([])
    const probe = await open(path)
    const sync = vi.spyOn(Object.getPrototypeOf(probe), "sync")
    const journal = await openFileJournal(path)
    expect(sync).toHaveBeenCalledTimes(2)
    sync.mockRestore()
    await probe.close()
    await journal.close()
  })

  it("keeps the books of the chains and of the payout network too", async () => {
    const place = { chain: "ETH", address: "0x01", addressTag: null }
    const derived = { record: "address_derived", ...place, reference: "r", atMs: 1 } as const
    const funds = { transactionHash: "0x01", amount: usdc, refundId: "r" }
    const funded = { record: "payment_funded", key: "k", ...funds, atMs: 1 } as const
    const [chains, network] = [await openChainFileJournal(path), await openNetworkFileJournal(`${path}.network`)]
    await Promise.all([chains.append(derived), network.append(funded)])
    await Promise.all([chains.close(), network.close()])
    const [chainsAgain, networkAgain] = [
      await openChainFileJournal(path),
      await openNetworkFileJournal(`${path}.network`)
    ]
    expect([chainsAgain.read(), networkAgain.read()]).toEqual([[derived], [funded]])
    await Promise.all([chainsAgain.close(), networkAgain.close()])
  })

  it("waits for what was accepted before it closes, and refuses what comes after", async () => {
    const journal = await openFileJournal(path)
    const accepted = journal.append(executed("before"))
    await journal.close()
    await accepted
    await expect(journal.append(executed("after"))).rejects.toThrow("the journal is closed")
    expect((await read()).records).toEqual([executed("before")])
  })

  it("given the last write was torn at any byte, then it keeps the whole lines and goes on after them", async () => {
    await write(everyKind)
    const whole = await readFile(path)
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      await writeFile(path, whole)
      await truncate(path, length)
      const intact = whole.subarray(0, length).toString("utf8").split("\n").length - 1
      const journal = await openFileJournal(path)
      expect(journal.read()).toEqual(everyKind.slice(0, intact))
      await journal.append(executed("next"))
      await journal.close()
      expect(await read()).toEqual({ records: [...everyKind.slice(0, intact), executed("next")], tornBytes: 0 })
    }
  })

  it("given a torn write left zeros and a line break, then they are cut off too", async () => {
    await write([executed("one")])
    const whole = await readFile(path)
    await writeFile(path, Buffer.concat([whole, Buffer.alloc(20), Buffer.from("\n\n{")]))
    expect(await read()).toEqual({ records: [executed("one")], tornBytes: 23 })
  })

  it.each(["not json", "{}", '{"record":"poisoned","operationKey":"k"}'])(
    "given %j stands before a readable line, then it refuses to open and changes nothing",
    async (line) => {
      await write([executed("one")])
      const damaged = `${await readFile(path, "utf8")}${line}\n${JSON.stringify(executed("two"))}\n`
      await writeFile(path, damaged)
      const refusal = new JournalCorrupt({ path, line: 2 })
      expect(refusal._tag).toBe("JournalCorrupt")
      await expect(openFileJournal(path)).rejects.toEqual(refusal)
      expect(await readFile(path, "utf8")).toBe(damaged)
    }
  )

  it("given its process is killed again and again while it writes, then nothing acknowledged is missing", async () => {
    let acknowledged: ReadonlyArray<string> = []
    for (let round = 0; round < 4; round++) {
      const acks = await writeUntilKilled(path, `round-${round}`, 40 + 37 * round)
      expect(acks.length).toBeGreaterThan(0)
      acknowledged = [...acknowledged, ...acks]
      const { records } = await read()
      const keys = records.map((record) => ("operationKey" in record ? record.operationKey : ""))
      expect(new Set(keys).size).toBe(keys.length)
      expect(acknowledged.filter((key) => !keys.includes(key))).toEqual([])
    }
  })
})

/** Sixteen writers in a process of their own; each key is told on stdout once its append has resolved. */
const writer = (prefix: string): string => `
  import { writeSync } from "node:fs"
  import { openFileJournal } from ${JSON.stringify(new URL("./file-journal.ts", import.meta.url).href)}
  const journal = await openFileJournal(${JSON.stringify(path)})
  const record = ${JSON.stringify(executed(""))}
  const write = async (writer) => {
    for (let i = 0; ; i++) {
      const operationKey = ${JSON.stringify(prefix)} + "-" + writer + "-" + i
      await journal.append({ ...record, operationKey })
      writeSync(1, operationKey + "\\n")
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))
`

const writeUntilKilled = (journalPath: string, prefix: string, acks: number): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const args = ["--conditions=source", "--disable-warning=ExperimentalWarning", "--input-type=module"]
    const child = spawn(process.execPath, [...args, "-e", writer(prefix)], { stdio: ["ignore", "pipe", "pipe"] })
    let told = ""
    let complaint = ""
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString("utf8")
    })
    child.stdout.on("data", (chunk: Buffer) => {
      told += chunk.toString("utf8")
      if (told.split("\n").length > acks) child.kill("SIGKILL")
    })
    child.on("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve(told.split("\n").slice(0, -1))
      else reject(new Error(`the writer of ${journalPath} ended by itself: ${complaint}`))
    })
  })
