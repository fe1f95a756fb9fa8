/** Two merchants use the same keys at the same time, at several nodes: each gets what he asked for, and nothing else. */
import { randomUUID } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { generateApiKey } from "@paykernel/adapters-http"
import { openClientJournal } from "@paykernel/four-books/client-journal"
import { compareBooks } from "@paykernel/four-books/four-books"
import { textAt } from "@paykernel/four-books/json-reading"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { seeded } from "@paykernel/four-books/seeded"
import { afterEach, expect, it } from "vitest"
import { ask, paymentBody, savedCard } from "./requests.ts"
import { isDeep, openSite, type Site, seed } from "./site.ts"

let site: Site | undefined
afterEach(() => site?.close())

const keys = isDeep ? 2000 : 20

it(`keeps ${keys} keys of one merchant apart from the same keys of another (PAYKERNEL_SEED=${seed})`, {
  timeout: 90_000 + keys * 200
}, async () => {
  const here = await openSite({ nodes: 3, random: seeded(seed) })
  site = here
  const [first, second, third] = here.cluster.nodes
  // The last node comes back as the door of another merchant, with all else in common.
  const keyFile = join(here.cluster.keysDirectory, "api-key")
  const ownKey = readFileSync(keyFile)
  const otherKey = generateApiKey("test")
  writeFileSync(keyFile, `${otherKey}\n`)
  await third?.restart()
  writeFileSync(keyFile, ownKey)

  let turn = 0
  const api = merchantClient(() => (turn++ % 2 === 0 ? first : second)?.address ?? "", here.cluster.apiKey)
  const one = { ...here, api }
  const other = {
    ...here,
    api: merchantClient(() => third?.address ?? "", otherKey),
    journal: openClientJournal(join(here.directory, "other-journal.jsonl"))
  }
  const merchants = [
    { ...one, cardId: await savedCard(one), amount: "21.00" },
    { ...other, cardId: await savedCard(other), amount: "22.00" }
  ]
  const bodies = Array.from({ length: keys }, () => ({ idempotencyKey: randomUUID() }))
  const answers = []
  for (const key of bodies) {
    const asked = [...merchants, ...merchants].map((merchant) =>
      ask(merchant, "/v1/payments", { ...paymentBody(merchant.cardId, merchant.amount), ...key })
    )
    answers.push(await Promise.all(asked))
  }
  for (const [mine, his, mineAgain, hisAgain] of answers) {
    expect([mine?.status, his?.status]).toEqual([201, 201])
    expect([mineAgain?.text, hisAgain?.text]).toEqual([mine?.text, his?.text])
    expect([textAt(mine?.body, "data", "amount", "amount"), textAt(his?.body, "data", "amount", "amount")]).toEqual([
      "21.00",
      "22.00"
    ])
  }
  const clientOf = ({ journal, api: own }: typeof one) => ({ clientJournal: journal, api: own })
  const { payments, executions } = await here.judge("two merchants", { keys }, [clientOf(one), clientOf(other)])
  expect([payments, executions]).toEqual([2 * keys, 2 * keys])

  // A judge who hears of one merchant only finds that the other's payments are nobody's.
  const books = { sandboxDir: dirname(here.cluster.bank.journalPath), bankShownAt: null, databaseUrl: here.databaseUrl }
  const { differences } = await compareBooks({ ...books, ...clientOf(one), others: [clientOf(one)] })
  expect(differences.filter((difference) => difference.includes("belongs to nobody"))).toHaveLength(keys)
})
