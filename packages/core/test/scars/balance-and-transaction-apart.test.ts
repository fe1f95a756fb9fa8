/**
 * The payment was written, and then the balance that follows from it, and something happened in between. From then on
 * the two tell different stories, and nobody can say which of them is true.
 */
import type { Payment } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import type { Process } from "../adverse-world.ts"
import { everything, paymentInput } from "../kernel-world.ts"
import { type Life, type Moment, newLife } from "../mortal-process.ts"
import { type CornerShop, capture, cornerShop, merchantId, minute, usd } from "./corner-shop.ts"

/** What the payments say that the merchant has still to be paid, in cents. */
const owedByPayments = async ({ kernel }: Process): Promise<bigint> => {
  const listed = await kernel.payments.list(merchantId, everything)
  if (!listed.ok) throw new Error(listed.error._tag)
  const payments = listed.value.items.filter(({ reversal }) => reversal === null).map(({ payment }) => payment)
  return payments.map(owedFor).reduce((sum, owed) => sum + owed, 0n)
}

const owedFor = ({ status, captured, refunded, refunding, reversals }: Payment): bigint => {
  if (status === "confirmed") return captured.amount - refunded.amount - refunding.amount
  if (status !== "paid") return 0n
  const returned = reversals.filter((one) => one.status === "paid" && one.settlementId === null)
  return returned.reduce((sum, { amount }) => sum - amount.amount, 0n) - refunding.amount
}

/** What the balance says. */
const owedByBalance = async ({ kernel }: Process): Promise<bigint> => {
  const balances = await kernel.balances(merchantId)
  if (!balances.ok) throw new Error(balances.error._tag)
  return balances.value.unsettled.reduce((sum, { amount }) => sum + amount, 0n)
}

/** A day of business, as far as the process lives to see it. */
const day = async ({ cardId }: CornerShop, shop: Process): Promise<void> => {
  const created = await shop.call((kernel) =>
    kernel.payments.create(merchantId, paymentInput(cardId, { autoCapture: false }))
  )
  if (created === "dead" || !created.ok) return
  const { id } = created.value.view
  const refund = { amount: usd(300n), reason: null }
  const steps: ReadonlyArray<() => Promise<unknown>> = [
    () => shop.call(() => capture(shop, id)),
    () => shop.call((kernel) => kernel.payments.refund(merchantId, id, refund)),
    () => shop.call((kernel) => kernel.settlements.run(merchantId)),
    () => shop.call((kernel) => kernel.payments.refund(merchantId, id, refund))
  ]
  for (const step of steps) {
    await shop.call((kernel) => kernel.drain())
    if (shop.life.isDead()) return
    await step()
  }
  await shop.call((kernel) => kernel.drain())
}

/** Dies at the n-th side of a write. */
const dyingAt = (n: number): Life => {
  let sides = 0
  return newLife(({ call }: Moment) => call === "commit" && ++sides === n)
}

describe("a balance and the payments that it follows from", () => {
  it("say the same at every moment, whichever write was the last one of a process", async () => {
    let deaths = 0
    const seen = new Set<bigint>()
    for (let n = 1; ; n++) {
      const shop = await cornerShop()
      const { world, open } = shop
      const doomed = open({}, dyingAt(n))
      await day(shop, doomed)
      const onlooker = open({ worker: false })
      const owed = await owedByPayments(onlooker)
      seen.add(owed)
      expect(await owedByBalance(onlooker), `death ${n}`).toBe(owed)
      expect(await onlooker.kernel.audit(merchantId), `death ${n}`).toEqual([])
      const isOver = !doomed.life.isDead()
      world.bury(doomed)
      const heir = open()
      await world.pass(heir, 2 * minute, 12)
      expect(await owedByBalance(heir), `after death ${n}`).toBe(await owedByPayments(heir))
      expect(await shop.disagreements(), `after death ${n}`).toEqual([])
      if (isOver) break
      deaths = n
    }
    // Request, reply, capture, reply, refund, reply, settlement, refund, reply: nine writes have eighteen sides.
    expect(deaths).toBe(18)
    expect([...seen].toSorted()).toEqual([0n, 1000n, 700n, -300n].toSorted())
  })
})
