/**
 * Walks through a shop's day in the terminal: a card is encrypted as a browser would do it, saved, charged, captured,
 * refunded, and settled. Starts a server of its own for it, or uses the one whose address is given:
 * `pnpm demo http://127.0.0.1:3000`, with its key in PAYKERNEL_API_KEY. Ends with 1 if anything is not as expected.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { capture, type DemoShop, giveBack, openShop, pay, payWithChallenge, saveCard, settle } from "./demo-shop.ts"
import { startServer } from "./server.ts"
import { readSettings } from "./settings.ts"

type Chapter = readonly [title: string, happen: (shop: DemoShop) => Promise<ReadonlyArray<string>>]

const chapters: ReadonlyArray<Chapter> = [
  [
    "The page fetches the public key and encrypts the card; the shop saves it",
    (shop) => saveCard(shop, "4007400000000007", "123")
  ],
  [
    "The shop charges 3.14 USD, with the security code once more",
    async (shop) => {
      const { id, status, fees } = await pay(shop, "3.14", { cvv: "123" })
      return [`payment ${id}`, `${status}, fees ${fees} USD`]
    }
  ],
  [
    "It reserves 20.00 USD, ships a part, and captures 12.50 USD",
    async (shop) => {
      const { id } = await pay(shop, "20.00", { autoCapture: false })
      const { captured, fees } = await capture(shop, id, "12.50")
      return [`payment ${id}`, `reserved, then captured ${captured} USD, fees ${fees} USD`]
    }
  ],
  [
    "A charge of 10.00 USD is refunded in part, another is cancelled",
    async (shop) => {
      const refund = await giveBack(shop, (await pay(shop, "10.00")).id, "4.00")
      const cancel = await giveBack(shop, (await pay(shop, "8.00")).id)
      return [
        `refund of ${refund.amount} USD is ${refund.status}`,
        `cancel of ${cancel.amount} USD is ${cancel.status}`
      ]
    }
  ],
  [
    "A bank declines 5.07 USD",
    async (shop) => {
      const { status, errorCode } = await pay(shop, "5.07", { expect: "failed" })
      return [`${status}: ${errorCode}`]
    }
  ],
  [
    "A bank wants to see the payer: 5.66 USD with 3-D Secure",
    async (shop) => {
      const { page, backAt, payment } = await payWithChallenge(shop, "5.66")
      return [`the payer approves at ${page}`, `and is sent back to ${backAt}`, `payment ${payment.status}`]
    }
  ],
  ["The day is settled: what was confirmed is paid, less fees, in USDC", settle]
]

const walk = async (address: string, apiKey: string): Promise<void> => {
  console.log(`paykernel demo on ${address}`)
  const shop = await openShop(address, apiKey)
  for (const [at, [title, happen]] of chapters.entries()) {
    console.log(`\n${at + 1}. ${title}`)
    for (const line of await happen(shop)) console.log(`   ${line}`)
  }
  console.log("\nEverything was as expected.")
}

const walkOnOwnServer = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-demo-"))
  const settings = Result.getOrThrow(readSettings({ PORT: "0" }, directory))
  const server = await startServer(settings, console.error)
  try {
    if (server.generatedApiKey === null) throw new Error("the server has no key")
    await walk(server.address, Redacted.value(server.generatedApiKey))
  } finally {
    await server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

const given = process.argv[2]?.replace(/\/+$/u, "")
const demo = given === undefined ? walkOnOwnServer() : walk(given, process.env["PAYKERNEL_API_KEY"] ?? "")
demo.catch((cause: unknown) => {
  console.error(`\nNot as expected: ${cause instanceof Error ? cause.message : String(cause)}`)
  process.exitCode = 1
})
