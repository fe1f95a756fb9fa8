/** The one command, and what its processes say when they cannot start. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { freshDatabase } from "@paykernel/test-postgres"
import { expect, it, onTestFinished } from "vitest"
import { readBankSettings, readNodeSettings } from "../src/settings.ts"

const script = (name: string): string => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))

const run = (name: string, environment: Record<string, string>, ...parameters: ReadonlyArray<string>) => {
  const env = { PATH: process.env["PATH"] ?? "", ...environment }
  const ended = spawnSync(process.execPath, ["--conditions=source", script(name), ...parameters], {
    env,
    encoding: "utf8",
    timeout: 100_000
  })
  return { status: ended.status, said: ended.stdout + ended.stderr }
}

it("pays, loses a node and gets it back, and finds no difference", { timeout: 120_000 }, async () => {
  const { url, drop } = await freshDatabase()
  const { status, said } = run("start", { DATABASE_URL: url }, "40")
  await drop()
  expect(said).toMatch(/killing node 2 after 20 payments/u)
  expect(said).toMatch(/node 2 is back/u)
  expect(said).toMatch(/^accepted +40$/mu)
  expect(said).toMatch(/^duplicates answered identically +(\d+) of \1$/mu)
  expect(said).toMatch(/^differences +0$/mu)
  expect(status, said).toBe(0)
})

it.each([
  ["start", {}, ["none"], /a whole number from 1/u],
  ["bank", { PAYKERNEL_BANK: "{" }, [], /PAYKERNEL_BANK cannot be read/u],
  ["node", { DATABASE_URL: "postgres://u:secret@127.0.0.1:1/x" }, [], /PAYKERNEL_NODE must hold settings/u]
])("%s says what is wrong with %j %j, tells no secret, and ends with 1", (name, environment, parameters, sentence) => {
  const { status, said } = run(name, environment, ...parameters)
  expect(said).toMatch(sentence)
  expect(said).not.toContain("secret@")
  expect(status).toBe(1)
})

const bank = { directory: "bank", secretsDirectory: "secrets" }
const node = { bankUrl: "http://127.0.0.1:1", keysDirectory: "keys", secretsDirectory: "secrets" }

it.each([
  ["bank", readBankSettings, bank, "port", 70_000],
  ["bank", readBankSettings, bank, "latencyMs", -1],
  ["bank", readBankSettings, bank, "latencyMs", "30"],
  ["bank", readBankSettings, bank, "directory", undefined],
  ["bank", readBankSettings, bank, "prot", 1],
  ["node", readNodeSettings, node, "leaseMs", 0.5],
  ["node", readNodeSettings, node, "bankUrl", ""],
  ["node", readNodeSettings, node, "keysDirectory", undefined]
] as const)("a %s refuses settings with a bad member, and names it", (_, read, settings, member, value) => {
  expect(read(JSON.stringify(settings))).toEqual(settings)
  expect(() => read(JSON.stringify({ ...settings, [member]: value }))).toThrow(member)
})

it("lets no second bank open the book of the first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cluster-start-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const settings = JSON.stringify({ directory: join(folder, "bank"), secretsDirectory: join(folder, "secrets") })
  const first = spawn(process.execPath, ["--conditions=source", script("bank")], {
    env: { PATH: process.env["PATH"], PAYKERNEL_BANK: settings }
  })
  try {
    await once(first.stdout, "data")
    expect(run("bank", { PAYKERNEL_BANK: settings })).toMatchObject({ status: 1, said: /another server is running/u })
  } finally {
    first.kill("SIGTERM")
    expect(await once(first, "close")).toEqual([0, null])
  }
})
