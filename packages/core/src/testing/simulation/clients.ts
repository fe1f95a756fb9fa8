/**
 * The merchant's side: several clients ask under keys of their own, lose answers when processes die, ask again with the
 * same key, now and then with another body, and remember every byte that they were told.
 */
import type { Accepted, IdempotentRequest, Kernel, Outcome } from "../../application/kernel-contract.ts"
import type { Json } from "../../ports/commit.ts"
import { type Books, keptName } from "./books.ts"
import type { Hurdles } from "./hurdles.ts"
import type { Report } from "./problems.ts"
import type { Process } from "./process.ts"
import { merchantId } from "./shop.ts"
import type { Trace } from "./trace.ts"

/** One thing that a client asks for. Variants of a key differ in what they mean. */
export type Wish = {
  readonly key: string
  readonly variant: number
  /** In words. */
  readonly what: string
  /** What comes of it. */
  readonly about: About
  readonly ask: (kernel: Kernel, request: RequestFor) => Promise<Outcome<Accepted<unknown>, { readonly _tag: string }>>
  /** Another request under the same key, where there can be one. */
  readonly changed: Pick<Wish, "what" | "ask"> | null
  /** The first moment, on any clock, at which it was asked. */
  firstAskedMs: number
  /** Whether an answer has come. */
  told: string | null
}

type About = "payment" | "card" | "checkout" | "endpoint" | "intent" | "deposit" | "payout" | "transfer" | "ticket"

/** Renders what the key will be bound to. */
export type RequestFor = <View>(meaning: Json, idsOf: (view: View) => Ids) => IdempotentRequest<View>

type Ids = { readonly id: string; readonly parent: string; readonly status: string }

export type Clients = {
  readonly wishes: ReadonlyArray<Wish>
  /** Ids that clients were told of. */
  readonly payments: ReadonlyArray<string>
  readonly cards: ReadonlyArray<string>
  readonly checkouts: ReadonlyArray<string>
  readonly make: (wish: Omit<Wish, "key" | "variant" | "firstAskedMs" | "told">, client: number) => Wish
  /** Asks it of a process. What comes back is compared with all that was said before. */
  readonly say: (wish: Wish, process: Process) => void
}

/** A client keeps coming back with its key for so long; then it makes a new request of it. Short of what is promised. */
export const keyLifeMs = 29 * 86_400_000

export type ClientGrounds = {
  readonly books: Books
  readonly report: Report
  readonly trace: Trace
  readonly latestMs: () => number
  readonly nowMs: () => number
  readonly hurdles: Hurdles
}

/** Deciding again when others were faster takes a moment. A call to the bank takes longer than this, or seldom does. */
const patienceMs = 1000

/** Where the keys of a shop mean something. */
export const keyScope = "shop"

/** Nobody who asked for something waits for the bank. */
export const checkWait = (
  { nowMs, hurdles, report }: Pick<ClientGrounds, "nowMs" | "hurdles" | "report">,
  { actor }: Process,
  askedAtMs: number,
  what: string
): void => {
  const waitedMs = nowMs() - askedAtMs
  if (waitedMs <= patienceMs || hurdles.excuseAnswer(actor, askedAtMs)) return
  report("WAIT", `${what} is answered after ${waitedMs} ms`)
}

export const makeClients = ({ books, report, trace, latestMs, nowMs, hurdles }: ClientGrounds): Clients => {
  const wishes: Array<Wish> = []
  const known: { readonly [about in Wish["about"]]: Array<string> } = {
    ...{ payment: [], card: [], checkout: [], endpoint: [], intent: [], deposit: [] },
    ...{ payout: [], transfer: [], ticket: [] }
  }

  const hear = (wish: Wish, process: Process, told: Outcome<Accepted<unknown>, { readonly _tag: string }>): void => {
    trace.note(wish.key, wish.variant, told.ok ? (told.value.answer?.body ?? "") : told.error._tag)
    const kept = books.kept.get(keptName(keyScope, wish.key))
    const bound = kept === undefined ? null : readBody(kept.body)
    if (!told.ok) {
      wish.told = told.error._tag
      if (told.error._tag !== "IdempotencyKeyReused") return
      // A payment abroad binds its key before anybody is answered, and says of which of them it is.
      const isAttempted = books.kept.has(keptName(`${keyScope}#1`, wish.key))
      if (bound === null ? !isAttempted : bound.variant === wish.variant)
        report("I7", `${wish.key} is refused as another request's`)
      return
    }
    const body = told.value.answer?.body ?? ""
    wish.told = body
    if (kept === undefined || bound === null) report("I6", `${wish.key} is answered for, and not stored`)
    else if (bound.variant !== wish.variant) report("I7", `${wish.key} means two things, and both are answered`)
    else if (kept.body !== body) report("I7", `${wish.key}: stored ${kept.body}, told ${body}`)
    else {
      remember(bound)
      checkStored(bound, `${process.name} ${wish.key}`)
    }
  }
  const remember = ({ id, parent, about }: Body): void => {
    if (!known[about].includes(parent)) known[about].push(parent)
    // What a checkout was paid with can be given back like any other payment.
    if (about === "checkout" && id !== parent && !known.payment.includes(id)) known.payment.push(id)
  }
  const checkStored = ({ id, parent, status, about }: Body, where: string): void => {
    const { payments: payment, cards: card, checkouts, intents: intent, deposits: deposit } = books
    const { payouts: payout, transfers: transfer, tickets: ticket } = books
    const stored = { payment, card, checkout: checkouts.byId, intent, deposit, payout, transfer, ticket }
    const entry = about === "endpoint" ? books.endpoints.get(`${merchantId} ${parent}`) : stored[about].get(parent)
    if (entry === undefined) report("I6", `${where}: ${parent} is answered for, and not stored`)
    else if (!entry.statuses.has(status)) report("I6", `${where}: ${parent} was never ${status}`)
    if (id === parent) return
    const within =
      about === "checkout" ? books.checkouts.byId.get(parent)?.parts : books.payments.get(parent)?.state.reversals
    const isStored = about === "intent" ? books.intentRefunds.has(id) : within?.some((one) => one.id === id) === true
    if (!isStored) report("I6", `${where}: ${id} of ${parent} is not stored`)
  }
  const say = (wish: Wish, process: Process): void => {
    wish.firstAskedMs = Math.min(wish.firstAskedMs, latestMs())
    const askedAtMs = nowMs()
    wish.ask(process.kernel, requestFor(wish)).then(
      (told) => {
        checkWait({ nowMs, hurdles, report }, process, askedAtMs, `${wish.what} (${wish.key})`)
        hear(wish, process, told)
      },
      (defect: unknown) => {
        if (process.actor.state !== "down") report("DEFECT", `${wish.what} (${wish.key}): ${String(defect)}`)
      }
    )
  }
  return {
    ...{ wishes, say, payments: known.payment, cards: known.card, checkouts: known.checkout },
    make: (wish, client) => {
      const made = { ...wish, key: `c${client}-${wishes.length}`, variant: 0, firstAskedMs: Infinity, told: null }
      wishes.push(made)
      return made
    }
  }
}

const requestFor =
  (wish: Wish): RequestFor =>
  (meaning, idsOf) => ({
    ...{ scope: keyScope, key: wish.key, meaning: [wish.variant, meaning] },
    answer: (view) => {
      const { variant, about } = wish
      return { status: 201, body: JSON.stringify({ ...idsOf(view), variant, about } satisfies Body) }
    }
  })

/** The same key with another meaning; `undefined` where there is no other. */
export const variantOf = (wish: Wish): Wish | undefined =>
  wish.changed === null ? undefined : { ...wish, ...wish.changed, variant: 1, changed: null, told: null }

type Body = Ids & Pick<Wish, "variant" | "about">

const readBody = (body: string): Body => JSON.parse(body)
