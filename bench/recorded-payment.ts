/**
 * What the kernel commits in the life of one payment that is approved and captured, recorded once, so that a store can
 * be given the same for any number of payments without the kernel's time.
 */
import { systemIds } from "@paykernel/core"
import type { Commit } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { merchantId, pay, workingShop } from "./shop.ts"

/** In their order: it is accepted; it is approved and captured, with what that moves in the books. */
export type PaymentLife = ReadonlyArray<Commit>

/** Records one life, and answers a maker of others of it: each of its own payment, of any merchant. */
export const recordPayment = async (): Promise<(merchantId: string) => PaymentLife> => {
  const commits: Array<Commit> = []
  const store = memoryStore()
  const shop = await workingShop({
    ...store,
    commit: (commit) => {
      commits.push(commit)
      return store.commit(commit)
    }
  })
  commits.length = 0
  await pay(shop, recordedKey)
  await shop.kernel.drain()
  await shop.kernel.close()
  return retold(commits)
}

const recordedKey = "recorded"

const retold = (life: PaymentLife): ((merchantId: string) => PaymentLife) => {
  const [accepted] = life
  const id = accepted?.aggregates[0]?.ref.id
  const attemptId = accepted?.tasks[0]?.subject
  if (id === undefined || attemptId === undefined || life.every(({ ledger }) => ledger.length === 0)) {
    throw new Error("the payment was not carried out")
  }
  const text = JSON.stringify(life, (_, value) => (typeof value === "bigint" ? `${value}n` : value))
  const names = new RegExp(`${id}|${attemptId}|${merchantId}|"${recordedKey}"`, "gu")
  let told = 0
  return (merchant) => {
    const nowMs = Date.now()
    const renamed: { readonly [name: string]: string } = {
      [id]: systemIds.next(nowMs),
      [attemptId]: systemIds.next(nowMs),
      [merchantId]: merchant,
      [`"${recordedKey}"`]: `"key-${told++}"`
    }
    const other = text.replace(names, (name) => renamed[name] ?? name)
    return JSON.parse(other, (_, value) =>
      typeof value === "string" && /^-?\d+n$/u.test(value) ? BigInt(value.slice(0, -1)) : value
    ) as PaymentLife
  }
}
