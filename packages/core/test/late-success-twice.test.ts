import { expect, it } from "vitest"
import { merchantId, paymentInput, paymentOf, submitCard, usd, world } from "./kernel-world.ts"

it("undoes a late success that is found twice at one time, as clocks that differ may show it", async () => {
  const declined = {
    _tag: "Declined",
    reference: null,
    code: "card_not_honored",
    avs: "U",
    cvv: "unavailable"
  } as const
  const here = await world({ send: async () => declined })
  const card = await submitCard(here)
  const made = await here.kernel.payments.create(merchantId, paymentInput(card.id))
  if (!made.ok) throw new Error(made.error._tag)
  await here.kernel.drain()
  const { id } = made.value.view
  const gatewayKey = (await paymentOf(here, id)).attempts[0]?.gatewayKey ?? ""
  for (const reference of ["first", "second"]) {
    const verdict = { _tag: "Approved", reference, amount: usd(1000n), avs: "Y", cvv: "pass" } as const
    await here.kernel.payments.hear(merchantId, id, { gatewayKey, verdict })
    expect((await paymentOf(here, id)).attempts[0]?.status).toBe("orphaned")
    await here.kernel.drain()
    expect((await paymentOf(here, id)).attempts[0]?.status).toBe("not_charged")
  }
  expect(here.calls.filter(({ call }) => call === "reverse")).toHaveLength(2)
})
