import { expect, it } from "vitest"
import { approve, declined, merchantId, paymentInput, paymentOf, submitCard, usd, world } from "../kernel-world.ts"

it("says of a success that comes as a reply after a failure was heard of that it was undone", async () => {
  const here = await world({
    send: async (operation) => {
      const message = { gatewayKey: operation.key, verdict: declined }
      const heard = await here.kernel.payments.hear(merchantId, operation.paymentId, message)
      expect(heard).toMatchObject({ ok: true, value: { status: "failed" } })
      return approve(operation)
    }
  })
  const card = await submitCard(here)
  const made = await here.kernel.payments.create(merchantId, paymentInput(card.id))
  if (!made.ok) throw new Error(made.error._tag)
  await here.kernel.drain()
  const { id } = made.value.view
  const { status, attempts } = await paymentOf(here, id)
  expect([status, attempts.map((one) => one.status)]).toEqual(["failed", ["not_charged"]])
  const why = "the gateway executed what had been reported as failed"
  const aggregate = { type: "payment", id }
  expect(here.incidents).toEqual([
    { kind: "late_success_undone", merchantId, aggregate, subject: attempts[0]?.id, why }
  ])
  await here.kernel.close()
})

it("undoes a late success that is found twice at one time, as clocks that differ may show it", async () => {
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
  await here.kernel.close()
})
