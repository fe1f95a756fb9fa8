/**
 * Nodes are killed with SIGKILL at random moments of a load, and started again a moment later, while the others go on.
 * Whatever any of them had acknowledged stays so, nobody is charged twice, and all books agree in the end.
 */
import { pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import { afterEach, expect, it } from "vitest"
import { goesOn, isDeep, openSite, type Site, seed } from "./site.ts"

let site: Site | undefined
afterEach(() => site?.close())

const kills = isDeep ? 200 : 6
const troubles = ["drop-before", "execute-drop", "error-before", "error-after", "late", "garbage", "wrong-echo"]

it(`leaves all books in agreement after ${kills} kills of nodes (PAYKERNEL_SEED=${seed})`, {
  timeout: 120_000 + kills * 15_000
}, async () => {
  const random = seeded(seed)
  const pick = <A>(from: ReadonlyArray<A>): A | undefined => from[Math.floor(random() * from.length)]
  site = await openSite({ nodes: 3, random, bankLatencyMs: 40 })
  const { cluster } = site
  const load = site.startLoad(2)
  for (let kill = 1; kill <= kills; kill++) {
    // In every other life the bank is in trouble as well.
    await cluster.bank.setMode(kill % 2 === 0 ? (pick(troubles) ?? "") : "normal", 0.3)
    await goesOn(load, 3 + random() * 12)
    await pause(random() * 50)
    const node = pick(cluster.nodes)
    await node?.kill()
    // Sometimes the others have a while without it.
    if (random() < 0.5) await goesOn(load, 6)
    await node?.restart()
  }
  await cluster.bank.setMode("normal")
  await load.stop()
  const { payments, doubts } = await site.judge("nodes killed", { kills, ...site.calls() })
  expect(payments).toBeGreaterThan(kills)
  // Kills that never hit anything on its way to the bank would prove nothing.
  expect(doubts).toBeGreaterThan(kills / 3)
})
