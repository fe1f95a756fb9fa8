/**
 * How many simulated lives of a shop one core lives through in a second: each is 55 requests and more under every fault
 * there is, over days of virtual time, checked after every step. Beside payments, captures, refunds and cancels in the
 * same order, asked of a kernel that nobody disturbs or checks.
 */
import { memoryStore } from "@paykernel/core/memory"
import {
  kernelSide,
  type MerchantRequest,
  noFaults,
  type Schedule,
  scheduleOf,
  shopOver,
  simulate
} from "@paykernel/core/testing"
import { type Contender, compare, printTable, type Row } from "./measure.ts"

const seeds = Array.from({ length: 40 }, (_, at) => at + 1)

export const benchSimulation = async (): Promise<void> => {
  const rows = await compare([
    { name: "like requests to a kernel over memory", run: () => summed((seed) => undisturbed(scheduleOf({ seed }))) },
    simulated("simulated and checked, without faults", (seed) => simulate({ seed, faults: noFaults })),
    simulated("simulated and checked, with every fault", (seed) => simulate({ seed }))
  ])
  printTable("Simulation: requests", rows)
  const requests = await summed(async (seed) => (await simulate({ seed })).operations)
  const perRun = (row: Row): Row => ({ ...row, perSecond: (row.perSecond * seeds.length) / requests })
  printTable(`Simulation: whole runs of ${Math.round(requests / seeds.length)} requests`, rows.map(perRun))
}

const simulated = (name: string, run: (seed: number) => ReturnType<typeof simulate>): Contender => ({
  name,
  run: () =>
    summed(async (seed) => {
      const { problems, operations } = await run(seed)
      if (problems.length > 0) throw new Error(`seed ${seed}: ${problems[0]?.what}`)
      return operations
    })
})

const summed = async (run: (seed: number) => Promise<number>): Promise<number> => {
  let sum = 0
  for (const seed of seeds) sum += await run(seed)
  return sum
}

/** What the clients of a schedule ask for, each thing done before the next one is asked. */
const undisturbed = async ({ steps }: Schedule): Promise<number> => {
  const shop = kernelSide(await shopOver({ store: memoryStore() }))
  const payments: Array<string> = []
  let last: { readonly key: string; readonly request: MerchantRequest } = { key: "first", request: pay }
  let requests = 0
  for (const { do: step, seed } of steps) {
    const payment = payments[seed % Math.max(1, payments.length)] ?? ""
    const request = step === "again" ? last.request : requestOf(step, payment)
    if (request === null) continue
    last = { key: step === "again" ? last.key : `key-${requests}`, request }
    const told = await shop.ask(last.key, request)
    await shop.settled()
    if (told.outcome === "accepted" && request.kind === "create" && step !== "again") payments.push(told.id)
    requests++
  }
  await shop.close()
  return requests
}

const pay: MerchantRequest = { kind: "create", amount: 1000n, autoCapture: false }

const requestOf = (step: Schedule["steps"][number]["do"], payment: string): MerchantRequest | null => {
  if (step === "pay") return pay
  if (step === "capture") return { kind: "capture", payment, amount: null }
  if (step === "refund") return { kind: "refund", payment, amount: 300n }
  return step === "cancel" ? { kind: "cancel", payment } : null
}
