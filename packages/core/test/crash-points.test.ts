import type { GatewayMode } from "@paykernel/core/simulator"
import { afterAll, describe, expect, it } from "vitest"
import { seededRandom } from "../src/testing/gateway-examples.ts"
import { adverseWorld, blindResends, hastyRecoveries, unfinished } from "./adverse-world.ts"
import { paymentsOf } from "./bank-agreement.ts"
import { type Flow, flows } from "./crash-flows.ts"
import { forgetfulClient } from "./forgetful-client.ts"
import { merchantId, submitCard } from "./kernel-world.ts"
import { type Moment, newLife } from "./mortal-process.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

/** What the gateway does until the crash. The normal one first: the others are second misfortunes. */
const modes: ReadonlyArray<GatewayMode> = deep
  ? ["normal", "drop-before", "execute-drop", "error-after", "late", "lookup-stale", "wrong-echo"]
  : ["normal", "execute-drop"]

/** Runs a flow in a process that dies at its n-th moment, and again, with the same keys, in one that finds the rest. */
const crashAt = async (flow: Flow, mode: GatewayMode, n: number) => {
  const world = await adverseWorld(seededRandom(n))
  const founder = world.start()
  const card = await submitCard(founder)
  await founder.kernel.close()
  const moments: Array<Moment> = []
  const doomed = world.start(
    {},
    newLife((moment) => moments.push(moment) === n)
  )
  const client = forgetfulClient(card.id)
  world.bank.setMode(mode, 1)
  await flow.run({ world, process: doomed, client })
  const died = doomed.life.isDead()
  world.bury(doomed)
  world.bank.setMode("normal", 1)
  const heir = world.start()
  // A client asks again at once, before anything has been found out; when all should have been; and a day later.
  for (const laterMs of [60_000, 60_000, 27 * 3_600_000]) {
    await flow.run({ world, process: heir, client: forgetfulClient(card.id) })
    await world.pass(heir, laterMs, 15)
  }
  for (let key = 0; key < client.keys(); key++) await client.again(heir, key)
  const problems = [...(await world.disagreements(heir, client.acknowledged)), ...client.complaints]
  problems.push(...blindResends(world).map((key) => `${key}: sent again blindly`))
  problems.push(...hastyRecoveries(world).map((key) => `${key}: recovered before its absence was final`))
  const payments = await paymentsOf({ store: world.store, merchantId })
  if (payments.length !== 1) problems.push(`${payments.length} payments for one key`)
  for (const { status } of payments) if (!flow.ends.includes(status)) problems.push(`it ends ${status}`)
  problems.push(...(await unfinished(world)))
  await heir.kernel.close()
  return { died, problems, moment: moments[n - 1] }
}

/** Points at which a process died, by flow and by what the gateway did. */
const crashes = new Map<string, { [mode: string]: number }>()

afterAll(() => {
  console.table(Object.fromEntries(crashes))
  const points = [...crashes.values()].flatMap((ofFlow) => Object.values(ofFlow))
  const deaths = points.reduce((sum, count) => sum + count, 0)
  console.log(
    `scripted flows that died at every call through a port: ${crashes.size} of ${flows.length}, ${deaths} points`
  )
})

it("there are enough scripted flows, each of its own kind", () => {
  expect(new Set(flows.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12)
})

describe.each(modes)("a process that dies at any call through its ports, the gateway being %s", (mode) => {
  // With a second misfortune, every fourth point is enough for the quick tests.
  const step = deep || mode === "normal" ? 1 : 4
  it.each(flows)("loses and doubles nothing: $name", async (flow) => {
    let points = 0
    for (let n = 1; ; n += step) {
      const { died, problems, moment } = await crashAt(flow, mode, n)
      expect(problems, `point ${n}, ${moment?.when} ${moment?.call}`).toEqual([])
      if (!died) break
      points = n
    }
    crashes.set(flow.name, { ...crashes.get(flow.name), [mode]: points })
    // Acceptance and outcome alone are more than that.
    expect(points).toBeGreaterThan(10)
  })
})
