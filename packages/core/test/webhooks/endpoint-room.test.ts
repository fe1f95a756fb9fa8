/** How many endpoints a merchant may have, of one dialect and in all, whoever makes them when. */
import type { CreateEndpointInput } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { plainDialect } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { merchantId } from "../kernel-world.ts"
import { closeAfterEach, done, endpoint, endpointNow, hookUrl, hourMs, webhookWorld } from "./webhook-world.ts"

closeAfterEach()

const given = { dialect: "plain", name: null, url: hookUrl, types: [] }

describe("endpoints of one dialect", () => {
  const ofDialect = { countMax: 2, confirmedWithinMs: hourMs }
  const dialects = [plainDialect(), plainDialect({ name: "asking", confirms: true, ofCheckoutAddresses: false })]

  const setUp = async () => {
    const shop = await webhookWorld({ dialects }, { worker: false })
    const ask = async (input: Partial<CreateEndpointInput> = {}) => {
      const made = await shop.kernel.webhooks.endpoints.create(merchantId, {
        ...{ ...given, dialect: "asking", ofDialect },
        ...input
      })
      return made.ok ? "made" : made.error
    }
    return { shop, ask }
  }
  const full = { _tag: "TooManyEndpoints", countMax: 2 }

  it("may be so many, however many there are of others", async () => {
    const { ask } = await setUp()
    const plain = { dialect: "plain", ofDialect: { ...ofDialect, countMax: 3 } }
    expect([await ask(plain), await ask(plain), await ask(plain)]).toEqual(["made", "made", "made"])
    expect([await ask(), await ask(), await ask()]).toEqual(["made", "made", full])
    expect(await ask(plain)).toEqual({ ...full, countMax: 3 })
  })

  it("make room for others where they were never confirmed, and not where they were", async () => {
    const { shop, ask } = await setUp()
    const { endpoints } = shop.kernel.webhooks
    const confirmed = await endpoint(shop, { dialect: "asking" })
    expect(await ask()).toBe("made")
    const peer = await webhookWorld({ dialects }, {}, shop)
    await peer.kernel.drain()
    const tokens = shop.receivers.received.map(({ headers }) => headers["x-confirmation"] ?? "")
    const answers = []
    for (const token of tokens) answers.push(await endpoints.confirm(merchantId, confirmed.endpoint.id, token))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    shop.clock.ms += hourMs
    expect(await ask()).toEqual(full)
    shop.clock.ms += 1
    expect([await ask(), await ask()]).toEqual(["made", full])
    shop.clock.ms += hourMs + 1
    expect([await ask(), await ask()]).toEqual(["made", full])
  })
})

describe("endpoints that are made one after the other", () => {
  it("may be as many in all as one likes, where others are removed and the default one is there", async () => {
    const shop = await webhookWorld({ endpointsMax: 1 }, { worker: false })
    await endpoint(shop, { id: "default" })
    for (let n = 0; n < 40; n++) {
      shop.clock.ms += 1
      const { endpoint: mine } = await endpoint(shop)
      expect(await endpointNow(shop, mine.id)).toEqual(mine)
      done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    }
  })

  it("are no more than one may have, though the kernel makes the default one just then", async () => {
    const shop = await webhookWorld({ endpointsMax: 1 }, { worker: false })
    const meanwhile = async () => {
      await endpoint(shop, { id: "default" })
      await endpoint(shop)
    }
    let struck = false
    const store: Store["Service"] = {
      ...shop.store,
      commit: (commit) => {
        if (struck) return shop.store.commit(commit)
        struck = true
        return Effect.andThen(Effect.promise(meanwhile), shop.store.commit(commit))
      }
    }
    const other = await webhookWorld({ endpointsMax: 1 }, { store, worker: false }, shop)
    expect(await other.kernel.webhooks.endpoints.create(merchantId, given)).toEqual({
      ok: false,
      error: { _tag: "TooManyEndpoints", countMax: 1 }
    })
  })
})
