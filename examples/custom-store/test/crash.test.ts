/** What a log keeps when its writer dies: everything that was acknowledged, and nothing by halves. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { logStore } from "../src/log-store.ts"
import { merchantId, paymentCommit } from "./payment-commit.ts"

const script = fileURLToPath(new URL("./write-until-killed.ts", import.meta.url))
const run = Effect.runPromise

let directory = ""
let path = ""

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log-store-"))
  path = join(directory, "payments.jsonl")
})

afterEach(() => rmSync(directory, { recursive: true }))

/** Everything that is in the log, each part for itself. */
const contents = async () => {
  const { store, close } = logStore(path)
  const payments = await run(store.scan(merchantId, "payment", null, 100_000))
  const tasks = await run(store.claim({ lane: "money", owner: "heir", nowMs: 1e15, leaseMs: 1, limit: 100_000 }))
  const balances = await run(store.balances(merchantId))
  close()
  const ids = payments.map(({ ref }) => ref.id.replace("payment-", "")).sort()
  expect(tasks.map(({ id }) => id.replace("task-", "")).sort()).toEqual(ids)
  expect(balances.find(({ account }) => account === "card_receivable")?.posted ?? 0n).toBe(BigInt(ids.length))
  return new Set(ids)
}

describe("a log whose writer is killed", () => {
  it("keeps what was acknowledged, again and again", async () => {
    const acknowledged: Array<string> = []
    for (let life = 0; life < 6; life++) {
      const writer = spawn(process.execPath, ["--conditions=source", script, path, `${life * 1_000_000}`])
      const exit = once(writer, "exit")
      let said = ""
      writer.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString()
      })
      await once(writer.stdout, "data")
      await new Promise((resolve) => setTimeout(resolve, life * 15))
      writer.kill("SIGKILL")
      await exit
      // The last line of what it said may be torn as well.
      acknowledged.push(...said.split("\n").slice(0, -1))
    }
    const kept = await contents()
    expect(acknowledged.length).toBeGreaterThan(50)
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([])
  })

  const write = async (count: number): Promise<void> => {
    const { store, close } = logStore(path)
    for (let n = 0; n < count; n++) await run(store.commit(paymentCommit(n)))
    close()
  }

  it("loses a torn last line whole, at whichever byte it was torn", async () => {
    await write(3)
    const whole = readFileSync(path)
    const lastBegins = whole.subarray(0, -1).lastIndexOf("\n") + 1
    for (let end = lastBegins; end < whole.length; end += 13) {
      writeFileSync(path, whole)
      truncateSync(path, end)
      expect(await contents()).toEqual(new Set(["0", "1"]))
    }
  })

  it("goes on after a torn line as if it had never been", async () => {
    await write(1)
    appendFileSync(path, '1234abcd {"_tag":"Comm')
    const { store, close } = logStore(path)
    await run(store.commit(paymentCommit(7)))
    close()
    expect(await contents()).toEqual(new Set(["0", "7"]))
  })

  it("is refused where a line before the last is damaged", async () => {
    await write(3)
    const damaged = readFileSync(path)
    damaged[40] = 0x5a
    writeFileSync(path, damaged)
    expect(() => logStore(path)).toThrow("line 1 is damaged")
    expect(readFileSync(path)).toEqual(damaged)
  })

  it("belongs to one process at a time", () => {
    const { close } = logStore(path)
    expect(() => logStore(path)).toThrow("another process has the log open")
    close()
    logStore(path).close()
  })
})
