/** Moves the server's clock. One that says that it is busy is asked again, as it wishes to be. */
import type { Answered, MerchantClient } from "@paykernel/four-books/merchant-client"
import { eventually } from "@paykernel/four-books/polling"
import { expect } from "vitest"

const patienceMs = 90_000

export const advanceClock = async (api: Pick<MerchantClient, "post">, seconds: number): Promise<Answered> => {
  const advance = () => api.post("/sandbox/clock/advance", { seconds })
  const moved = await eventually(advance, ({ status }) => status !== 503, patienceMs)
  expect(moved.status, moved.text).toBe(200)
  return moved
}
