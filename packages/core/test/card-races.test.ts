import { Cvv, type Kernel, type KernelOptions, type UpdateCardInput } from "@paykernel/core"
import type { CardGateway } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, describe, expect, it } from "vitest"
import { cardInput, merchantId, pass, scriptedGateway, submitCard, type World, world } from "./kernel-world.ts"
import { distant } from "./standing-in.ts"

const opened: Array<World> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

type Verify = CardGateway["Service"]["verifyCard"]

const good = { error: null, avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit" } as const

const open = async (verifyCard: Verify, options: Partial<KernelOptions> = {}, share?: World): Promise<World> => {
  const gateway = { ...scriptedGateway({}, []), verifyCard }
  const shop = await world({}, { gateway, worker: { idlePollMs: 3_600_000 }, ...options }, share)
  opened.push(shop)
  return shop
}

const change = (code: string, expYear: number): UpdateCardInput => ({
  cvv: Result.getOrThrow(Cvv.parse(code)),
  expMonth: 12,
  expYear,
  billing: {},
  email: null
})

const cardOf = async ({ kernel }: { readonly kernel: Kernel }, id: string) => {
  const found = await kernel.cards.get(merchantId, id)
  if (!found.ok) throw new Error(found.error._tag)
  return found.value
}

describe("a card that is changed while it is verified", () => {
  it("is verified with the code of the last change, whatever the order of two at once", async () => {
    const asked: Array<string> = []
    const shop = await open(
      ({ cvv, expYear }) =>
        Effect.sync(() => {
          asked.push(`${cvv?.reveal()} ${expYear}`)
          return good
        }),
      { store: distant(memoryStore()) }
    )
    const { id } = await submitCard(shop)
    asked.length = 0
    const both = await Promise.all([
      shop.kernel.cards.update(merchantId, id, change("111", 2031)),
      shop.kernel.cards.update(merchantId, id, change("222", 2032))
    ])
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    await shop.kernel.drain()
    const card = await cardOf(shop, id)
    expect(card.status).toBe("complete")
    expect(asked.at(-1)).toBe(card.expYear === 2031 ? "111 2031" : "222 2032")
  })

  it("loses nothing to another change that is refused", async () => {
    const shop = await open(() => Effect.succeed(good), { store: distant(memoryStore()) })
    const { id } = await submitCard(shop)
    const [changed, refused] = await Promise.all([
      shop.kernel.cards.update(merchantId, id, change("111", 2031)),
      shop.kernel.cards.update(merchantId, id, change("222", 1999))
    ])
    expect([changed?.ok, refused?.ok]).toEqual([true, false])
    await shop.kernel.drain()
    expect(await cardOf(shop, id)).toMatchObject({ status: "complete", expYear: 2031 })
  })
})

describe("a verification that takes long", () => {
  it("keeps its lease, so that no process without the code refuses the card", async () => {
    let asked = 0
    const slow = await open(() =>
      Effect.promise(async () => {
        asked++
        slow.clock.ms += 12_000
        await heir.kernel.drain()
        return asked > 4 ? good : undefined
      })
    )
    const heir = await open(() => Effect.succeed(good), {}, slow)
    const { id } = await submitCard(slow)
    await pass(slow, 60_000, 2)
    expect(asked).toBe(5)
    expect((await cardOf(slow, id)).status).toBe("complete")
  })

  it("is not refused for a code that the first run of the same process still uses", async () => {
    let first = true
    const shop = await open(() =>
      Effect.promise(async () => {
        if (first) {
          first = false
          // A clock that leaps over the lease: the process finds its own task again.
          shop.clock.ms += 60_000
          void shop.kernel.drain()
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        return good
      })
    )
    const { id } = await submitCard(shop)
    await pass(shop, 10_000, 10)
    expect((await cardOf(shop, id)).status).toBe("complete")
  })
})

describe("a card submitted twice under one key", () => {
  it("is replayed also after the merchant was suspended", async () => {
    const shop = await open(() => Effect.succeed(good))
    const request = {
      scope: "host",
      key: "card",
      meaning: "this card",
      answer: ({ id }: { readonly id: string }) => ({ status: 201, body: id })
    }
    const first = await shop.kernel.cards.submit(merchantId, cardInput(), request)
    await shop.kernel.merchants.suspend(merchantId)
    const again = await shop.kernel.cards.submit(merchantId, cardInput(), request)
    expect(again).toMatchObject({ ok: true, value: { replayed: true } })
    expect(again.ok && again.value.answer).toEqual(first.ok && first.value.answer)
    expect(await shop.kernel.cards.submit(merchantId, cardInput())).toEqual({
      ok: false,
      error: { _tag: "MerchantIsSuspended" }
    })
  })
})
