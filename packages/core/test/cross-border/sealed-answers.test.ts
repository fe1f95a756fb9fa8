/** How long what was sealed for the network is kept, and what becomes of whoever comes too late for it. */
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  answer,
  crossBorderWorld,
  encryptFile,
  errorOf,
  examplePdf,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  type WorldOptions
} from "./cross-border-world.ts"
import { sealedIn } from "./kept-records.ts"

const asked = async (originator: string, options: WorldOptions = {}) => {
  const world = await crossBorderWorld(options)
  const { payment, activeRfi } = await payAs(world, originator)
  if (activeRfi === null) throw new Error("nothing was asked")
  return { world, payment, rfi: activeRfi }
}

describe("what is sealed for the network", () => {
  it("goes with a request that nobody answered in time", async () => {
    const { world, payment, rfi } = await asked("CreateRfiL3")
    const file = { key: "INVOICE", mediaType: "application/pdf", content: examplePdf }
    const { rfis } = world.kernel.crossBorder
    ok(await rfis.uploadFile(merchantId, payment.id, rfi.id, await encryptFile(rfi.certificate, file)))
    expect(await sealedIn(world)).toEqual(["rfi-file:0", "rfi-file:key"])
    world.clock.ms = rfi.expiresAtMs
    await world.kernel.drain()
    expect(await paymentOf(world, payment.id)).toMatchObject({ rfis: [{ status: "expired" }] })
    expect(await sealedIn(world)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is missed by whoever comes for it when somebody else has sent it, and he is told to come again", async () => {
    const own = memoryStore()
    const gate = Promise.withResolvers<void>()
    let looks = 0
    const store: typeof own = {
      ...own,
      sealedRecord: (place) =>
        place.field === "rfi-answer" && looks++ === 0
          ? Effect.andThen(
              Effect.promise(() => gate.promise),
              own.sealedRecord(place)
            )
          : own.sealedRecord(place)
    }
    const { world, payment, rfi } = await asked("CreateRfi", { store })
    const slow = answer(world, rfi)
    await expect.poll(() => looks).toBe(1)
    await pass(world, 300_000)
    expect(await sealedIn(world)).toEqual([])
    gate.resolve()
    expect(errorOf(await slow)).toBe("Unavailable")
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(world.incidents).toEqual([])
  })
})
