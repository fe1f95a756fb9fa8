/**
 * Lives of payments abroad, drawn at random on a clock that is moved by hand: what may be asked at each moment is predicted
 * from what is seen at that moment, and what has become of everything in the end is compared with what the network says.
 */
import type { CreateCrossBorderInput, CrossBorderView, Quote, Rfi } from "@paykernel/core"
import type { NetworkMode } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import {
  bestQuote,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  encryptJson,
  errorOf,
  exampleAnswer,
  inputFor,
  merchantId,
  ok,
  pass,
  signed,
  viewOf
} from "./cross-border-world.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

const names = [
  ...["Ada Example", "Ada Example", "Failed", "AsyncFailed", "AsyncSuccess", "CreateRfi", "CreateRfiL2", "AsyncRfi"],
  ...["Delayed", "Expired", "FailThenRefundWithCompleted", "FailThenRefundCreatedThenFailed"]
] as const

type Action =
  | { readonly _tag: "Wait"; readonly ms: number }
  | { readonly _tag: "Quote" }
  | { readonly _tag: "Pay"; readonly name: (typeof names)[number] }
  | { readonly _tag: "Answer"; readonly name: string }
  | { readonly _tag: "Ask" }
  | { readonly _tag: "Fund"; readonly how: "well" | "slowly" | "badly" | "never" }
  | { readonly _tag: "Accelerate" }
  | { readonly _tag: "Misbehave"; readonly mode: NetworkMode }

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      _tag: fc.constant("Wait" as const),
      ms: fc.constantFrom(500, 2_000, 5_000, 30_000, 59_000, 600_000, 1_800_000)
    })
  },
  { weight: 2, arbitrary: fc.constant({ _tag: "Quote" as const }) },
  { weight: 4, arbitrary: fc.record({ _tag: fc.constant("Pay" as const), name: fc.constantFrom(...names) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("Answer" as const),
      name: fc.constantFrom("Jo Example", "Jo Example", "Rejected", "InReview")
    })
  },
  fc.constant({ _tag: "Ask" as const }),
  {
    weight: 5,
    arbitrary: fc.record({
      _tag: fc.constant("Fund" as const),
      how: fc.constantFrom("well", "well", "slowly", "badly", "never")
    })
  },
  { weight: 2, arbitrary: fc.constant({ _tag: "Accelerate" as const }) },
  fc.record({
    _tag: fc.constant("Misbehave" as const),
    mode: fc.constantFrom<NetworkMode>("normal", "normal", "down", "execute-drop", "late", "duplicate", "stale")
  })
)

/** Encrypted once for all lives: the network's key is the same in all of them. */
const inputs = new Map<string, CreateCrossBorderInput>()

type Scene = { readonly world: CrossBorderWorld; quote: Quote | null; readonly paymentIds: Array<string> }

const written = async ({ world }: Scene, quote: Quote, name: string): Promise<CreateCrossBorderInput> => {
  const known = inputs.get(name) ?? (await inputFor(world, quote, { ORIGINATOR_NAME: name }))
  inputs.set(name, known)
  return { ...known, quoteId: quote.id, beneficiaryAccount: { ...known.beneficiaryAccount, version: 1 } }
}

const newest = ({ world, paymentIds }: Scene): Promise<CrossBorderView | null> => {
  const id = paymentIds.at(-1)
  return id === undefined ? Promise.resolve(null) : viewOf(world, id)
}

const isBehaving = ({ world }: Scene): boolean => world.simulated.mode().mode === "normal"

const pay = async (scene: Scene, name: string): Promise<void> => {
  const { world, quote } = scene
  if (quote === null || !(isBehaving(scene) || inputs.has(name))) return
  const input = await written(scene, quote, name)
  const { status } = ok(await world.kernel.crossBorder.quotes.get(merchantId, quote.id))
  const isOver = world.clock.ms >= quote.expiresAtMs
  const expected = status === "used" ? "QuoteAlreadyInUse" : isOver ? "QuoteHasExpired" : null
  const paid = await world.kernel.crossBorder.payments.create(merchantId, input)
  expect(errorOf(paid)).toBe(expected)
  if (paid.ok) scene.paymentIds.push(paid.value.view.payment.id)
}

const answerText = new Map<string, string>()

const answerRfi = async (scene: Scene, name: string): Promise<void> => {
  const { world } = scene
  const rfi: Rfi | null = (await newest(scene))?.activeRfi ?? null
  if (rfi === null) return
  const key = `${rfi.level} ${name}`
  const fields = exampleAnswer(rfi.fieldRequirements, { NAME: name })
  const jwe = answerText.get(key) ?? (await encryptJson(rfi.certificate, fields))
  answerText.set(key, jwe)
  const isOver = world.clock.ms >= rfi.expiresAtMs
  const submitted = { version: 1, jwe }
  const given = await world.kernel.crossBorder.rfis.submit(merchantId, rfi.paymentId, rfi.id, submitted)
  if (rfi.status === "information_required") expect(errorOf(given)).toBe(isOver ? "RfiHasExpired" : null)
}

const gas = { slowly: { maxFeePerGas: 1_200_000_000n }, badly: { gasLimit: 60_000n }, well: {} } as const

const fundNewest = async (scene: Scene, how: Extract<Action, { readonly _tag: "Fund" }>["how"]): Promise<void> => {
  const { world } = scene
  const view = await newest(scene)
  if (view === null || !isBehaving(scene)) return
  const { payment, activeRfi } = view
  const isActive = payment.transactions.some(({ status }) => status !== "failed")
  const isPossible =
    payment.status === "crypto_funds_pending" && payment.received.length === 0 && activeRfi === null && !isActive
  if (!isPossible || world.clock.ms >= payment.expiresAtMs) {
    const input = { version: 1, metadata: null } as const
    expect((await world.kernel.crossBorder.transactions.create(merchantId, payment.id, input)).ok).toBe(false)
    return
  }
  const transaction = await createTransaction(world, payment)
  if (how === "never") return
  const { transactions } = world.kernel.crossBorder
  const signedTransaction = signed(world, transaction, gas[how])
  await transactions.submit(merchantId, payment.id, transaction.id, { signedTransaction })
}

const accelerate = async (scene: Scene): Promise<void> => {
  const { world } = scene
  const view = await newest(scene)
  if (view === null || !isBehaving(scene)) return
  const { transactions } = world.kernel.crossBorder
  const waiting = view.payment.transactions.findLast(({ status }) => status === "broadcasted")
  const copied = await transactions.accelerate(merchantId, view.payment.id)
  if (waiting === undefined) expect(copied.ok).toBe(false)
  if (!copied.ok || waiting === undefined) return
  const overtaken = ok(await transactions.get(merchantId, view.payment.id, waiting.id)).signedTransaction ?? ""
  const signedTransaction = signed(world, copied.value.view, { overtakes: overtaken })
  await transactions.submit(merchantId, view.payment.id, copied.value.view.id, { signedTransaction })
}

const act = async (scene: Scene, action: Action): Promise<void> => {
  const { world } = scene
  // What is seen is what is there: nothing goes on behind the back of whoever looks.
  await world.kernel.drain()
  switch (action._tag) {
    case "Wait":
      return pass(world, action.ms, 2)
    case "Quote": {
      if (isBehaving(scene)) scene.quote = await bestQuote(world)
      return
    }
    case "Pay":
      return pay(scene, action.name)
    case "Answer":
      return answerRfi(scene, action.name)
    case "Ask": {
      const id = scene.paymentIds.at(-1)
      if (id !== undefined) await Effect.runPromise(world.simulated.raiseRfi(id, 1))
      return
    }
    case "Fund":
      return fundNewest(scene, action.how)
    case "Accelerate":
      return accelerate(scene)
    case "Misbehave":
      world.simulated.setMode(action.mode, 0.5)
  }
}

/** What the network says of a payment in the end, against what is recorded of it. */
const disagreements = async ({ world }: Scene, id: string): Promise<ReadonlyArray<string>> => {
  const { payment, activeRfi } = await viewOf(world, id)
  // Money that waits for an answer which nobody decides about waits for as long as that takes.
  if (activeRfi?.status === "in_review" && payment.received.length > 0) return []
  const { status, received, refunds, transactions, contradiction, failureCode } = payment
  const lookup = await Effect.runPromise(world.simulated.network.lookup(id, 1_000))
  const said = lookup._tag === "Found" ? lookup.standing : { reports: [], refunds: [] }
  const paidOut = said.reports.some(({ _tag }) => _tag === "PayoutCompleted")
  const problems: Array<string> = []
  if (status !== "completed" && status !== "failed") problems.push(`it is still ${status}`)
  if (paidOut !== (status === "completed" || contradiction === "completed")) problems.push("it is paid out, or is not")
  if ((failureCode === null) !== (status === "completed"))
    problems.push(`it is ${status}, and failed for ${failureCode}`)
  if (said.refunds.length !== refunds.length) problems.push("its refunds are others")
  const back = refunds.filter((refund) => refund.status !== "failed").length
  const left = refunds.length - back
  if (contradiction === null && received.length - (status === "completed" ? 1 : 0) !== back + left) {
    problems.push("what came was neither paid out nor refunded")
  }
  const open = transactions.filter((one) => one.status === "created" || one.status === "pending")
  if (open.length > 0) problems.push("a transaction never came to an end")
  if (activeRfi?.status === "information_required") problems.push("a question is still open")
  return problems
}

const live = async (actions: ReadonlyArray<Action>): Promise<ReadonlyArray<string>> => {
  let close = async (): Promise<void> => {}
  const world = await crossBorderWorld({
    kernel: { callTimeoutMs: 500 },
    closing: (end) => {
      close = end
    }
  })
  const scene: Scene = { world, quote: await bestQuote(world), paymentIds: [] }
  for (const action of actions) await act(scene, action)
  world.simulated.setMode("normal", 1)
  await pass(world, 300_000, 6)
  await pass(world, 4_500_000, 8)
  await pass(world, 2 * 86_400_000, 16)
  const problems = (await world.kernel.audit()).map(({ problem }) => problem)
  for (const id of scene.paymentIds) {
    problems.push(...(await disagreements(scene, id)).map((problem) => `${id}: ${problem}`))
  }
  if ((await Effect.runPromise(world.store.sealedRecords(null, 1))).length > 0)
    problems.push("something is still sealed")
  await close()
  return problems
}

it("payments abroad come to an end on which everybody agrees, whatever is done and whenever", async () => {
  const anyLife = fc.array(anyAction, { minLength: 4, maxLength: 24, size: "max" })
  const checked = fc.asyncProperty(anyLife, async (actions) => {
    expect(await live([{ _tag: "Pay", name: "Ada Example" }, ...actions])).toEqual([])
  })
  await fc.assert(checked, { numRuns: deep ? 1_000 : 18, endOnFailure: !deep })
})
