/**
 * The row that says "seen" was written before the work that it stands for. The work failed; and when the same message
 * came again, as it should, it was thrown away as a duplicate.
 */
import { describe, expect, it } from "vitest"
import { paymentInput } from "../kernel-world.ts"
import { newLife } from "../mortal-process.ts"
import { losing } from "../standing-in.ts"
import { type CornerShop, cornerShop, merchantId, minute, stateOf, tells, usd, viewOf } from "./corner-shop.ts"

const request = {
  ...{ scope: "orders", key: "order-7", meaning: "order 7" },
  answer: ({ id }: { readonly id: string }) => ({ status: 201, body: id })
}

const order = ({ cardId }: CornerShop, { kernel }: ReturnType<CornerShop["open"]>) =>
  kernel.payments.create(merchantId, paymentInput(cardId), request)

describe("a request whose work failed", () => {
  it("is carried out when it comes again, and only from then on repeated", async () => {
    const shop = await cornerShop()
    const { world, open, moved } = shop
    const { commit } = losing(world.store, (one) => tells(one, "PaymentRequested"), "before")
    const process = open({ store: { ...world.store, commit } })
    expect(await order(shop, process)).toMatchObject({ ok: false, error: { _tag: "Unavailable" } })
    expect(await order(shop, process)).toMatchObject({ ok: true, value: { replayed: false } })
    expect(await order(shop, process)).toMatchObject({ ok: true, value: { replayed: true } })
    await process.kernel.drain()
    expect(moved("authorize")).toEqual(["10.00"])
    expect(await shop.disagreements()).toEqual([])
  })

  it("is carried out when it comes again to another process, the first having died over it", async () => {
    const shop = await cornerShop()
    const { world, open, moved } = shop
    const doomed = open(
      {},
      newLife(({ call, when }) => call === "commit" && when === "before")
    )
    expect(await doomed.call(() => order(shop, doomed))).toBe("dead")
    world.bury(doomed)
    const heir = open()
    expect(await order(shop, heir)).toMatchObject({ ok: true, value: { replayed: false } })
    await heir.kernel.drain()
    expect(moved("authorize")).toEqual(["10.00"])
    expect(await shop.disagreements()).toEqual([])
  })
})

describe("a message of the bank that could not be written down", () => {
  it("is taken when the bank sends it again, and changes nothing after that", async () => {
    const shop = await cornerShop()
    const { world, open, moved, booked } = shop
    const doomed = open(
      {},
      newLife(({ call, when }) => call === "send" && when === "after")
    )
    const { id, attempts } = viewOf(await doomed.kernel.payments.create(merchantId, paymentInput(shop.cardId)))
    await doomed.call((kernel) => kernel.drain())
    world.bury(doomed)
    expect(moved("authorize")).toEqual(["10.00"])
    const message = {
      gatewayKey: attempts[0]?.gatewayKey ?? "",
      verdict: { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" }
    } as const
    const { commit } = losing(world.store, (one) => tells(one, "PaymentCaptured"), "before")
    const receiver = open({ store: { ...world.store, commit }, worker: false })
    const hear = () => receiver.kernel.payments.hear(merchantId, id, message)
    expect(await hear()).toMatchObject({ ok: false, error: { _tag: "Unavailable" } })
    expect((await stateOf(receiver, id)).status).toBe("pending")
    expect(await hear()).toMatchObject({ ok: true, value: { status: "confirmed", captured: usd(1000n) } })
    expect(await hear()).toMatchObject({ ok: true, value: { status: "confirmed", captured: usd(1000n) } })
    await world.pass(shop.till, minute, 6)
    expect(await booked(id)).toEqual(["capture"])
    expect(moved("authorize")).toEqual(["10.00"])
    expect(await shop.disagreements()).toEqual([])
  })
})
