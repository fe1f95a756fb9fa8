import type { Checkout } from "@paykernel/core"
import { checkoutDefinition } from "@paykernel/core/effect"
import type { GatewayMode } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it } from "vitest"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, blindResends, hastyRecoveries, unfinished } from "../adverse-world.ts"
import { paymentsOf } from "../bank-agreement.ts"
import { merchantId } from "../kernel-world.ts"
import { type Moment, newLife } from "../mortal-process.ts"
import { type CheckoutFlow, type CheckoutStage, checkoutFlows } from "./checkout-flows.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

/** What the gateway does until the crash: its second misfortune. */
const modes: ReadonlyArray<GatewayMode> = deep
  ? ["normal", "drop-before", "execute-drop", "error-after", "late", "lookup-stale", "wrong-echo"]
  : ["normal", "execute-drop"]

const checkoutsOf = async ({ store }: AdverseWorld): Promise<ReadonlyArray<Checkout>> => {
  const stored = await Effect.runPromise(store.scan(merchantId, checkoutDefinition.type, null, 100))
  return stored.map(({ state, schemaVersion }) => checkoutDefinition.decodeState(state, schemaVersion))
}

/** What the bank executed must be what the checkouts say, each try at most once. */
const disagreements = async (world: AdverseWorld, { ends }: CheckoutFlow): Promise<ReadonlyArray<string>> => {
  const problems: Array<string> = []
  const checkouts = await checkoutsOf(world)
  if (checkouts.length !== 1) problems.push(`${checkouts.length} checkouts for one key`)
  const charged = standingCharges(world)
  for (const { status, payments } of checkouts) {
    if (!ends.includes(status)) problems.push(`the checkout ends ${status}`)
    const charges = payments.filter(({ id }) => charged.has(id))
    if (charges.length !== (status === "completed" ? 1 : 0)) problems.push(`${charges.length} charges, and ${status}`)
    for (const { id, status: known } of payments) {
      if (charged.has(id) !== (known === "succeeded")) problems.push(`${id} is ${known}, and not at the bank`)
    }
  }
  const parts = new Set(checkouts.flatMap(({ payments }) => payments.map(({ id }) => id)))
  const stray = (await paymentsOf({ store: world.store, merchantId })).filter(({ id }) => !parts.has(id))
  return [...problems, ...stray.map(({ id }) => `${id} is part of no checkout`)]
}

/** Payments whose approved authorization with capture stands at the bank. */
const standingCharges = ({ records }: AdverseWorld): ReadonlySet<string> => {
  const standing = new Map<string, string>()
  for (const record of records()) {
    if (record.record === "executed" && record.outcome === "approved") {
      standing.set(record.operationKey, record.paymentId)
    }
    if (record.record === "reversed") standing.delete(record.operationKey)
  }
  return new Set(standing.values())
}

/** Runs a flow in a process that dies at its n-th moment, and again, with the same names, in one that finds the rest. */
const crashAt = async (flow: CheckoutFlow, mode: GatewayMode, n: number) => {
  const world = await adverseWorld(seededRandom(n))
  const moments: Array<Moment> = []
  const doomed = world.start(
    {},
    newLife((moment) => moments.push(moment) === n)
  )
  const client = { heard: new Map<string, string>(), complaints: [] as string[] }
  const stage = (process: CheckoutStage["process"]): CheckoutStage => ({ world, process, ...client })
  world.bank.setMode(mode, 1)
  await flow.run(stage(doomed))
  const died = doomed.life.isDead()
  world.bury(doomed)
  world.bank.setMode("normal", 1)
  const heir = world.start()
  // A payer asks again at once, before anything has been found out; when all should have been; and later.
  for (const laterMs of [60_000, 60_000, 3_600_000]) {
    await flow.run(stage(heir))
    await world.pass(heir, laterMs, 15)
  }
  const problems = [...(await world.disagreements(heir, new Set())), ...client.complaints]
  problems.push(...(await disagreements(world, flow)))
  problems.push(...blindResends(world).map((key) => `${key}: sent again blindly`))
  problems.push(...hastyRecoveries(world).map((key) => `${key}: recovered before its absence was final`))
  problems.push(...(await unfinished(world)))
  await heir.kernel.close()
  return { died, problems, moment: moments[n - 1] }
}

/** Points at which a process died, by flow and by what the gateway did. */
const crashes = new Map<string, { [mode: string]: number }>()

afterAll(() => console.table(Object.fromEntries(crashes)))

describe.each(modes)("a process that dies at any call through its ports, the gateway being %s", (mode) => {
  // With a second misfortune, every fourth point is enough for the quick tests.
  const step = deep || mode === "normal" ? 1 : 4
  it.each(checkoutFlows)("charges each try once, and says so: $name", async (flow) => {
    let points = 0
    for (let n = 1; ; n += step) {
      const { died, problems, moment } = await crashAt(flow, mode, n)
      expect(problems, `point ${n}, ${moment?.when} ${moment?.call}`).toEqual([])
      if (!died) break
      points = n
    }
    crashes.set(flow.name, { ...crashes.get(flow.name), [mode]: points })
    // Acceptance, outcome and what follows of it are more than that.
    expect(points).toBeGreaterThan(10)
  })
})
