/** The load of a shop: each caller creates payments of its own and takes them through capture and refunds. */
import type { Planned, PlannedWrite, Totals } from "./journal.ts"
import type { Hands } from "./load.ts"

const merchants = ["m-a", "m-b", "m-c"]

export const ownPayments = async (hands: Hands, caller: number): Promise<void> => {
  const merchant = merchants[caller % merchants.length] ?? ""
  for (let n = 0; !hands.isOver(); n++) {
    await lifeOf(hands, merchant, `${hands.name}-${caller}-${n}`, n)
    if (n % 4 === 0) await work(hands, `${hands.name}-${caller}-${n}`)
    await hands.pause()
  }
}

/** Ends where an answer is missing: only on what was acknowledged is there anything to build. */
const lifeOf = async (hands: Hands, merchant: string, payment: string, n: number): Promise<void> => {
  const authorized = 1000n + BigInt(n)
  const plan = (step: string, version: number, totals: Totals, amount: bigint): Planned => ({
    id: `${payment}-${step}`,
    merchant,
    key: `${payment}-${step}`,
    writes: [{ payment, version, ...totals }],
    amount: amount.toString(),
    task: "ready",
    completes: null
  })
  const totals = (captured: bigint, refunded: bigint): Totals => ({
    authorized: authorized.toString(),
    captured: captured.toString(),
    refunded: refunded.toString()
  })
  const created: Planned = { ...plan("create", 1, totals(0n, 0n), authorized), task: "leased" }
  if ((await hands.send(created)) !== "Committed") return
  await readBack(hands, created)

  const captured = (authorized * BigInt(50 + (n % 51))) / 100n
  const completes = { task: created.id, fence: 1 }
  const capture: Planned = { ...plan("capture", 2, totals(captured, 0n), captured), completes }
  const rivals = [
    [],
    [],
    [],
    [{ ...capture, id: `${payment}-rival` }],
    [{ ...capture, id: `${payment}-other`, key: `${payment}-other` }]
  ]
  const outcomes = await Promise.all([capture, ...(rivals[n % rivals.length] ?? [])].map(hands.send))
  if (!outcomes.includes("Committed")) return

  const half = captured / 2n
  if ((await hands.send(plan("refund", 3, totals(captured, half), half))) !== "Committed") return
  const rest = plan("rest", 4, totals(captured, captured), captured - half)
  if ((await hands.send(rest)) === "Committed") await readBack(hands, rest)
}

const readBack = async ({ ask, store, write }: Hands, { merchant, writes }: Planned): Promise<void> => {
  const [expected] = writes as readonly [PlannedWrite]
  const ref = { merchantId: merchant, type: "payment", id: expected.payment }
  const found = await ask("load", store.load(ref))
  if (found !== undefined) write({ seen: { payment: ref.id, atLeast: expected.version, version: found.version } })
}

/** Takes up what others have filed. */
const work = async ({ ask, send, store, write, name }: Hands, by: string): Promise<void> => {
  const tasks = await ask(
    "claim",
    store.claim({ lane: "money", owner: name, nowMs: Date.now(), leaseMs: 60_000, limit: 2 })
  )
  for (const { id, fence, aggregate } of tasks ?? []) {
    const merchant = aggregate.merchantId
    write({ claimed: { merchant, task: id, fence } })
    const completes = { task: id, fence }
    const key = `${by}-work-${id}`
    await send({ id: key, merchant, key, writes: [], amount: "1", task: "leased", completes })
  }
}
