/** An audit of a whole database finds every defect that SQL has planted in its rows, with whom it is, and nothing else. */
import { tradingKernel } from "@paykernel/core/testing"
import { describe, expect, it, onTestFinished } from "vitest"
import { engines } from "./engines.ts"
import { openStore } from "./open-store.ts"

const [careless, honest, robbed, wrecked] = ["shop-a", "shop-b", "shop-c", "shop-d"] as const

const aggregate = (merchant: string, id: string) => `where merchant_id = '${merchant}' and id = '${id}'`

const replaced = (column: string, from: string, to: string) => `${column} = replace(${column}, '${from}', '${to}')`

const found = (merchantId: string, id: string, problem: string) => ({
  merchantId,
  aggregate: { type: "payment", id },
  problem
})

/** Ids are random, so findings come in an order of their own. */
const byText = <A>(findings: ReadonlyArray<A>): ReadonlyArray<A> =>
  findings.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

describe.each(engines)("an audit of a whole database of $name", ({ database, execute }) => {
  it("finds nothing where nothing is wrong, and else each defect with its merchant", async () => {
    const url = await database()
    const { store, close } = await openStore(url)
    onTestFinished(close)
    const { kernel, trades } = await tradingKernel(store, [careless, honest, robbed, wrecked])
    onTestFinished(kernel.close)
    expect(await kernel.audit()).toEqual([])

    const ofCareless = trades.get(careless)
    const ofRobbed = trades.get(robbed)
    if (ofCareless === undefined || ofRobbed === undefined) throw new Error("they have not traded")
    const { settled, refunded, authorized, captured } = ofCareless
    await execute(url, [
      `update paykernel_aggregate set version = version + 1 ${aggregate(careless, captured)}`,
      `update paykernel_aggregate set ${replaced("state", '"description":null', '"description":"x"')}
        ${aggregate(careless, authorized)}`,
      `delete from paykernel_event ${aggregate(careless, settled)} and version = 2`,
      `update paykernel_event set ${replaced("data", '"_tag"', '"tag"')}
        ${aggregate(careless, refunded)} and version = 1`,
      `delete from paykernel_ledger_transaction
        where merchant_id = '${robbed}' and kind = 'capture' and reference_id = '${ofRobbed.captured}'`,
      `delete from paykernel_ledger_posting where merchant_id = '${robbed}' and account = 'card_receivable'
        and seq in (select seq from paykernel_ledger_transaction where reference_id = '${ofRobbed.settled}')`,
      `update paykernel_aggregate set state = 'no JSON' where merchant_id = '${wrecked}' and type = 'card'`
    ])

    const careful = [
      found(careless, captured, "its version is not the length of its history"),
      found(careless, authorized, "its state is not the fold of its events"),
      found(careless, settled, "its history has a gap"),
      found(careless, refunded, "its history cannot be folded")
    ]
    const postings = "its postings are not what it captured less what it returned"
    const missing = [
      found(robbed, ofRobbed.captured, postings),
      found(robbed, ofRobbed.captured, "its holds are not what it has reserved"),
      found(robbed, ofRobbed.settled, "a ledger transaction does not balance"),
      found(robbed, ofRobbed.settled, postings),
      { merchantId: robbed, aggregate: null, problem: "the balances are not the sum of the postings" }
    ]
    const unreadable = { merchantId: wrecked, aggregate: null, problem: "its records cannot be read (SyntaxError)" }
    expect(byText(await kernel.audit())).toEqual(byText([...careful, ...missing, unreadable]))
    expect(await kernel.audit(honest)).toEqual([])
    expect(await kernel.audit(wrecked)).toEqual([unreadable])
  })
})
