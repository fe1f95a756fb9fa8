/**
 * The shop in which the stories are told: its storage is across a network, and every process is started by the story.
 * What the bank did is read from the bank's own journal, and from nothing else.
 */
import type { CreatePaymentInput, Kernel, Payment } from "@paykernel/core"
import type { Commit, Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { onTestFinished } from "vitest"
import { seededRandom } from "../../src/testing/gateway-examples.ts"
import { type AdverseWorld, adverseWorld, type Process } from "../adverse-world.ts"
import { merchantId, paymentInput, paymentOf, submitCard } from "../kernel-world.ts"
import { distant } from "../standing-in.ts"

export { merchantId, usd } from "../kernel-world.ts"

export type CornerShop = {
  readonly world: AdverseWorld
  /** The first process. */
  readonly till: Process
  readonly cardId: string
  /** Another process on the same storage. */
  readonly open: (...options: Parameters<AdverseWorld["start"]>) => Process
  /** Two more, which look at the storage at the same moment. */
  readonly openTwo: () => readonly [Process, Process]
  /** Asks for a payment and waits until the bank has answered. Gives its id. */
  readonly paid: (change?: Partial<CreatePaymentInput>) => Promise<string>
  /** Amounts that the bank really moved in this way. */
  readonly moved: (kind: "authorize" | "capture" | "void" | "refund") => ReadonlyArray<string>
  /** What was booked for a payment, oldest first. */
  readonly booked: (id: string) => Promise<ReadonlyArray<string>>
  /** Whatever the kernel, the bank and the clients do not agree about. */
  readonly disagreements: () => Promise<ReadonlyArray<string>>
}

/** Opens it, with one card on file. All is closed when the test is over. */
export const cornerShop = async (): Promise<CornerShop> => {
  const world = await adverseWorld(seededRandom(1), distant)
  const opened: Array<Process> = []
  const open: CornerShop["open"] = (...options) => {
    const process = world.start(...options)
    opened.push(process)
    return process
  }
  onTestFinished(async () => {
    for (const { kernel } of opened) await kernel.close()
  })
  const till = open()
  const { id: cardId } = await submitCard(till)
  return {
    ...{ world, till, cardId, open },
    openTwo: () => {
      const store = sameMoment(world.store)
      return [open({ store }), open({ store })]
    },
    paid: async (change) => {
      const id = viewOf(await till.kernel.payments.create(merchantId, paymentInput(cardId, change))).id
      await till.kernel.drain()
      return id
    },
    moved: (kind) =>
      world.bank
        .journal()
        .filter((line) => line.kind === kind && line.outcome === "approved")
        .map(({ amount }) => amount),
    booked: async (id) => {
      const ledger = await till.kernel.payments.ledger(merchantId, id)
      if (!ledger.ok) throw new Error(ledger.error._tag)
      return ledger.value.map(({ kind }) => kind)
    },
    disagreements: async () => {
      const judge = open({ worker: false })
      return world.disagreements(judge, new Set())
    }
  }
}

type Answered<View> =
  | { readonly ok: true; readonly value: { readonly view: View } }
  | { readonly ok: false; readonly error: { readonly _tag: string } }

/** What was accepted. A story in which it was not ends here. */
export const viewOf = <View>(answered: Answered<View>): View => {
  if (!answered.ok) throw new Error(answered.error._tag)
  return answered.value.view
}

/** What each of several was told: that it is done, or why not. */
export const verdicts = (answers: ReadonlyArray<Answered<unknown>>): ReadonlyArray<string> =>
  answers.map((answer) => (answer.ok ? "accepted" : answer.error._tag)).toSorted()

export const capture = ({ kernel }: { readonly kernel: Kernel }, id: string) =>
  kernel.payments.capture(merchantId, id, { amount: null })

export const stateOf = (process: Process, id: string): Promise<Payment> => paymentOf(process, id)

/** Whether a commit says so. */
export const tells = (commit: Commit, event: string): boolean =>
  commit.aggregates.some(({ events }) => events.some(({ tag }) => tag === event))

/** A door that is closed until somebody opens it. */
const door = () => {
  let open = (): void => {}
  const opens = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, pass: Effect.promise(() => opens) }
}

/** Storage in which a commit that says so waits until the story lets it through. */
export const waiting = (store: Store["Service"], event: string) => {
  const { open, pass } = door()
  const commit: Store["Service"]["commit"] = (one) =>
    tells(one, event) ? Effect.andThen(pass, store.commit(one)) : store.commit(one)
  return { store: { ...store, commit }, open }
}

/** Storage in which the first two who look at a payment see the same: neither goes on before the other has looked. */
const sameMoment = (store: Store["Service"]): Store["Service"] => {
  const { open, pass } = door()
  let lookers = 0
  const looking = <A, E>(look: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      if (lookers === 2) return look
      const seen = Effect.tap(look, () =>
        Effect.sync(() => {
          if (++lookers === 2) open()
        })
      )
      return Effect.tap(seen, () => pass)
    })
  return {
    ...store,
    load: (ref) => (ref.type === "payment" ? looking(store.load(ref)) : store.load(ref)),
    list: (query) => looking(store.list(query))
  }
}

export const minute = 60_000
export const hour = 60 * minute
