/** What becomes of requests for information that a network raises, decides or ends when nobody expects it to. */
import type { NetworkRfi, NetworkStanding, PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { answer, type CrossBorderWorld, crossBorderWorld, merchantId, ok, pass, payAs } from "./cross-border-world.ts"

type Network = PayoutNetwork["Service"]

/** A network that is told what to say when it is asked how a payment stands. */
const saying = async () => {
  const says: { change: (standing: NetworkStanding) => NetworkStanding } = { change: (standing) => standing }
  const reach = (network: Network): Network => ({
    ...network,
    lookup: (key, timeoutMs) =>
      Effect.map(network.lookup(key, timeoutMs), (lookup) =>
        lookup._tag === "Found" ? { ...lookup, standing: says.change(lookup.standing) } : lookup
      )
  })
  return { world: await crossBorderWorld({ reach }), says }
}

const heard = async ({ kernel }: CrossBorderWorld, id: string) =>
  ok(await kernel.crossBorder.payments.hear(merchantId, id))

/** A payment about which a question is open. */
const asked = async (world: CrossBorderWorld) => {
  const { payment, activeRfi } = await payAs(world, "CreateRfi")
  if (activeRfi === null) throw new Error("nothing was asked")
  return { id: payment.id, rfi: activeRfi }
}

const withRfis =
  (change: (rfi: NetworkRfi) => ReadonlyArray<NetworkRfi>) =>
  (standing: NetworkStanding): NetworkStanding => ({ ...standing, rfis: standing.rfis.flatMap(change) })

describe("a question", () => {
  it("that nobody answered is over when the network decides it all the same", async () => {
    const { world, says } = await saying()
    const { id } = await asked(world)
    says.change = withRfis((rfi) => [{ ...rfi, outcome: { _tag: "Rejected", code: "PM03004" } }])
    expect(await heard(world, id)).toMatchObject({
      ...{ activeRfi: null, payment: { status: "failed", failureCode: "PM03004", rfis: [{ status: "rejected" }] } }
    })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("whose time was over when it was heard is left out, and what else is said counts", async () => {
    const { world, says } = await saying()
    const { payment } = await payAs(world, "AsyncRfi")
    world.clock.ms += 10_000
    says.change = (standing) => ({
      ...withRfis((rfi) => [{ ...rfi, expiresAtMs: world.clock.ms }])(standing),
      reports: [...standing.reports, { _tag: "Failed", code: "PM03005" }]
    })
    expect(await heard(world, payment.id)).toMatchObject({
      ...{ activeRfi: null, payment: { status: "failed", failureCode: "PM03005", rfis: [] } }
    })
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("beside one that is open waits until that is decided", async () => {
    const { world, says } = await saying()
    const { id, rfi } = await asked(world)
    says.change = withRfis((one) => [one, { ...one, id: "another", answered: false, outcome: null }])
    expect((await heard(world, id)).payment.rfis).toMatchObject([{ id: rfi.id }])
    expect(await world.kernel.audit()).toEqual([])
    ok(await answer(world, rfi))
    await pass(world, 10_000)
    expect(await heard(world, id)).toMatchObject({
      ...{ activeRfi: { id: "another", status: "information_required" } },
      payment: { rfis: [{ id: rfi.id, status: "approved" }, { id: "another" }] }
    })
    expect(await world.kernel.audit()).toEqual([])
  })
})
