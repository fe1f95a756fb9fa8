/** A running server, as its merchant sees it: the model that kernels are judged by, over the wire. */
import { httpSide, merchantModel } from "@paykernel/core/testing"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, it } from "vitest"
import { openSite, type Site } from "./engine.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop } from "./shop.ts"

const apiKey = "SAND_API_KEY:model:test"

describe("a running server", () => {
  let site: Site
  let server: ServerProcess
  let cardId: string

  beforeAll(async () => {
    site = await openSite("sqlite")
    // Nothing is paid out while the model looks on.
    server = await site.start({ PAYKERNEL_API_KEY: apiKey, PAYKERNEL_SETTLEMENT_MS: "86400000" })
    cardId = await (await openShop(sdkClient(server.address, apiKey, sdkContract()))).goodCard()
  })

  afterAll(async () => {
    await server?.stop("SIGKILL")
    await site?.remove()
  })

  it("does what the model says", async () => {
    const open = () => httpSide({ baseUrl: server.address, apiKey, cardId })
    await fc.assert(merchantModel(open, { declinedAmount: 543n }), { numRuns: 15 })
  })
})
