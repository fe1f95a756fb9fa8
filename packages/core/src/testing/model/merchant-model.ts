/** Runs the model: a merchant who does anything in any order, against whatever takes payments. */
import * as fc from "fast-check"
import { MerchantBooks, type MerchantRequest } from "./merchant-books.ts"
import { Ask, AskBoth, type Wish } from "./merchant-commands.ts"
import type { MerchantSide } from "./merchant-side.ts"

export type MerchantModelOptions = {
  /** An amount that the bank declines, where there is one. */
  readonly declinedAmount?: bigint
  /** How much is done in one run. Default 12. */
  readonly commandsMax?: number
}

/**
 * A property: whatever a merchant does, it is told and sees what the model says. `open` gives a merchant without
 * payments for each run; what it hands to the scheduler, such as a store with `scheduledStore`, takes turns in every order.
 *
 * @example
 * const open = async () => kernelSide(await shopOver({ store: await openMyStore() }))
 * await fc.assert(merchantModel(open), { numRuns: 10 })
 */
export const merchantModel = (
  open: (scheduler: fc.Scheduler) => Promise<MerchantSide>,
  { declinedAmount, commandsMax = 12 }: MerchantModelOptions = {}
) => {
  const one = wish(declinedAmount)
  const commands = fc.commands(
    [one.map((asked) => new Ask(asked)), fc.tuple(one, one).map((asked) => new AskBoth(asked))],
    { maxCommands: commandsMax, size: "max" }
  )
  return fc.asyncProperty(commands, fc.scheduler(), async (programme, scheduler) => {
    const wait = <A>(task: Promise<A>): Promise<A> => scheduler.waitFor(task)
    const side = await wait(open(scheduler))
    const model = { books: new MerchantBooks(declinedAmount ?? null), asked: [], payments: [], keys: 0 }
    try {
      await fc.asyncModelRun(() => ({ model, real: { side, wait } }), programme)
    } finally {
      await wait(side.close())
    }
  })
}

/** Shrinks towards a payment of 10.00 that is captured at once. */
const wish = (declinedAmount: bigint | undefined): fc.Arbitrary<Wish> => {
  const nth = fc.nat({ max: 5 })
  const amount = fc.constantFrom(1000n, 700n, 300n, 1n)
  const payment = fc.constant("")
  const request = fc.oneof(
    fc.record({
      kind: fc.constant("create" as const),
      amount: fc.constantFrom(1000n, 700n, ...(declinedAmount === undefined ? [] : [declinedAmount])),
      autoCapture: fc.constantFrom(true, false)
    }),
    fc.record({ kind: fc.constant("capture" as const), payment, amount: fc.option(amount, { nil: null }) }),
    fc.record({ kind: fc.constant("refund" as const), payment, amount }),
    fc.record({ kind: fc.constant("cancel" as const), payment })
  ) satisfies fc.Arbitrary<MerchantRequest>
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ _tag: fc.constant("Anew" as const), nth, request }) },
    { weight: 2, arbitrary: fc.record({ _tag: fc.constant("Again" as const), nth, otherBody: fc.boolean() }) }
  )
}
