/**
 * What clients do, step by step, as it can be done again from the start with the same keys. A step of which the process
 * dies ends nothing: the flow goes on as far as its client knows enough to go on.
 */
import type { AdverseWorld, Process } from "./adverse-world.ts"
import type { Client, Verification } from "./forgetful-client.ts"
import { cardInput, merchantId, paymentOf } from "./kernel-world.ts"

export type Stage = { readonly world: AdverseWorld; readonly process: Process; readonly client: Client }

export type Flow = {
  readonly name: string
  readonly run: (stage: Stage) => Promise<void>
  /** Where the payment may end, whatever happened on the way. */
  readonly ends: ReadonlyArray<string>
}

const work = async ({ process }: Stage): Promise<void> => {
  await process.call((kernel) => kernel.drain())
}

const paid = async (
  stage: Stage,
  change: Partial<{ amount: bigint; autoCapture: boolean; by: Verification }> = {}
): Promise<string | undefined> => {
  await stage.client.pay(stage.process, { amount: 1000n, autoCapture: true, by: "none", ...change })
  await work(stage)
  return [...stage.client.acknowledged][0]
}

/** A flow whose later steps concern the payment that its first one made. */
const afterPaying =
  (change: Parameters<typeof paid>[1], ...steps: ReadonlyArray<(stage: Stage, id: string) => Promise<unknown>>) =>
  async (stage: Stage): Promise<void> => {
    const id = await paid(stage, change)
    if (id === undefined) return
    for (const step of steps) {
      await step(stage, id)
      await work(stage)
    }
  }

const uncaptured = { autoCapture: false }
const capture = (amount: bigint | null) => (stage: Stage, id: string) => stage.client.capture(stage.process, id, amount)
const refund = (amount: bigint) => (stage: Stage, id: string) => stage.client.refund(stage.process, id, amount)
const cancel = (stage: Stage, id: string) => stage.client.cancel(stage.process, id)
const settle = ({ process }: Stage) => process.call((kernel) => kernel.settlements.run(merchantId))

/** The payer answers, and his browser brings back what the issuer gave it. */
const answerChallenge = async ({ process, world }: Stage, id: string): Promise<void> => {
  const read = await process.call((kernel) => paymentOf({ kernel }, id))
  const challengeId = read === "dead" ? undefined : read.authentication?.challengeUrl?.split("/").at(-1)
  if (challengeId === undefined) return
  const answered = await world.bank.challenges.answer(challengeId, "approved")
  if (answered._tag === "Failure") return
  const state = answered.success.returnUrl.split("/return/")[1] ?? ""
  await process.call((kernel) => kernel.payments.returnFromChallenge(state))
}

const saveAnotherCard = async ({ process }: Stage): Promise<void> => {
  await process.call((kernel) =>
    kernel.cards.submit(merchantId, cardInput(), {
      scope: "shop",
      key: "card",
      meaning: "another card",
      answer: ({ id }) => ({ status: 201, body: id })
    })
  )
}

const settled = ["confirmed", "paid"]

export const flows: ReadonlyArray<Flow> = [
  { name: "pay", run: afterPaying({}), ends: settled },
  // A code does not survive the process: what was accepted is failed for good, or went through before.
  { name: "pay with a security code", run: afterPaying({ by: "cvv" }), ends: [...settled, "failed"] },
  { name: "a declined payment", run: afterPaying({ amount: 543n }), ends: ["failed"] },
  { name: "authorize and capture", run: afterPaying(uncaptured, capture(null)), ends: settled },
  { name: "capture a part", run: afterPaying(uncaptured, capture(300n)), ends: settled },
  { name: "refund", run: afterPaying({}, refund(1000n)), ends: settled },
  { name: "refund twice in parts", run: afterPaying({}, refund(300n), refund(700n)), ends: settled },
  { name: "refund after settlement", run: afterPaying({}, settle, refund(400n), settle), ends: ["paid"] },
  { name: "cancel before capture", run: afterPaying(uncaptured, cancel), ends: ["voided"] },
  { name: "cancel after capture", run: afterPaying({}, cancel), ends: ["cancelled", ...settled] },
  { name: "cancel after settlement", run: afterPaying({}, settle, cancel), ends: ["paid"] },
  { name: "3-D Secure without a challenge", run: afterPaying({ by: "three_d_secure" }), ends: settled },
  {
    name: "3-D Secure with a challenge",
    run: afterPaying({ by: "three_d_secure", amount: 566n }, answerChallenge),
    ends: settled
  },
  {
    name: "save a card, then pay",
    run: async (stage) => {
      await saveAnotherCard(stage)
      await paid(stage)
    },
    ends: settled
  }
]
