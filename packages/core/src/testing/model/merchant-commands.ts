/** The model as fast-check commands: what a merchant does, one thing after the other and two at once. */
import type * as fc from "fast-check"
import { checksOf } from "../laws/law.ts"
import type { MerchantBooks, MerchantRequest } from "./merchant-books.ts"
import type { MerchantSide, Told } from "./merchant-side.ts"

/** How far a merchant has come: what it may expect, what it asked and was told, and its payments. */
export type Merchant = {
  books: MerchantBooks
  readonly asked: Array<{ readonly key: string; request: MerchantRequest; told: Told }>
  readonly payments: Array<string>
  keys: number
}

/** The side under test, and a way to wait for it while a scheduler decides who goes first. */
export type Real = { readonly side: MerchantSide; readonly wait: <A>(task: Promise<A>) => Promise<A> }

/**
 * What to ask: about the n-th payment so far, counted round; or again under the key of the n-th request, with the same
 * body or another one.
 */
export type Wish =
  | { readonly _tag: "Anew"; readonly nth: number; readonly request: MerchantRequest }
  | { readonly _tag: "Again"; readonly nth: number; readonly otherBody: boolean }

type Asking = { readonly key: string; readonly request: MerchantRequest }

const { same, that } = checksOf("model")

/** Asks one thing, and everything is as the model says afterwards. */
export class Ask implements fc.AsyncCommand<Merchant, Real> {
  readonly wish: Wish
  constructor(wish: Wish) {
    this.wish = wish
  }
  check = (merchant: Readonly<Merchant>): boolean => isPossible(merchant, this.wish)
  run = async (merchant: Merchant, real: Real): Promise<void> => {
    const asking = askingOf(merchant, this.wish)
    const told = await real.wait(real.side.ask(asking.key, asking.request))
    same(`${this} ended differently`, merchant.books.ask(asking.key, asking.request, idOf(told)), told.outcome)
    remember(merchant, asking, told)
    await compare(merchant, real)
  }
  toString = (): string => textOfWish(this.wish)
}

/** Asks two things at once: how they end must be what one of the two orders explains. */
export class AskBoth implements fc.AsyncCommand<Merchant, Real> {
  readonly wishes: readonly [Wish, Wish]
  constructor(wishes: readonly [Wish, Wish]) {
    this.wishes = wishes
  }
  check = (merchant: Readonly<Merchant>): boolean => this.wishes.every((wish) => isPossible(merchant, wish))
  run = async (merchant: Merchant, real: Real): Promise<void> => {
    const one = askingOf(merchant, this.wishes[0])
    const other = askingOf(merchant, this.wishes[1])
    const ask = ({ key, request }: Asking) => real.side.ask(key, request)
    const [first, second] = await real.wait(Promise.all([ask(one), ask(other)]))
    const both: ReadonlyArray<Answered> = [
      { ...one, told: first },
      { ...other, told: second }
    ]
    const explanations = [both, both.toReversed()].flatMap((order) => explain(merchant.books, order))
    that(explanations.length > 0, `no order explains how ${this} ended`, [first.outcome, second.outcome])
    for (const { told, ...asking } of both) remember(merchant, asking, told)
    await real.wait(real.side.settled())
    merchant.books = await whichIsSeen(merchant, real, explanations)
    await compare(merchant, real)
  }
  toString = (): string => `both(${this.wishes.map(textOfWish).join(", ")})`
}

/** There is something to follow up or to repeat. */
const isPossible = ({ asked, payments }: Readonly<Merchant>, wish: Wish): boolean =>
  wish._tag === "Again" ? asked.length > 0 : wish.request.kind === "create" || payments.length > 0

const askingOf = (merchant: Merchant, wish: Wish): Asking => {
  if (wish._tag === "Anew") {
    const payment = turnOf(merchant.payments, wish.nth) ?? ""
    const request = wish.request.kind === "create" ? wish.request : { ...wish.request, payment }
    merchant.keys += 1
    return { key: keyOf(merchant.keys), request }
  }
  const before = turnOf(merchant.asked, wish.nth)
  if (before === undefined) throw new Error("nothing was asked that could be asked again")
  const { key, request } = before
  // A cancel has no body to change: it is repeated.
  if (!wish.otherBody || !("amount" in request)) return { key, request }
  return { key, request: { ...request, amount: (request.amount ?? 1n) + 1n } }
}

const turnOf = <A>(all: ReadonlyArray<A>, nth: number): A | undefined => all[nth % Math.max(1, all.length)]

/** A UUID, because some surfaces take nothing else; the same for the same request of every run. */
const keyOf = (count: number): string => `00000000-0000-4000-8000-${`${count}`.padStart(12, "0")}`

const remember = (merchant: Merchant, { key, request }: Asking, told: Told): void => {
  const before = merchant.asked.find((one) => one.key === key)
  if (before === undefined) merchant.asked.push({ key, request, told })
  if (told.outcome !== "accepted") return
  if (before?.told.outcome === "accepted") {
    same("the same key was answered differently", before.told, told)
    return
  }
  if (before !== undefined) Object.assign(before, { request, told })
  if (request.kind === "create") merchant.payments.push(told.id)
}

type Answered = Asking & { readonly told: Told }

/** The books after two requests in this order, or nothing where they could not have ended so. */
const explain = (start: MerchantBooks, order: ReadonlyArray<Answered>): ReadonlyArray<MerchantBooks> => {
  const books = start.copy()
  let underWay = ""
  for (const { key, request, told } of order) {
    const payment = request.kind === "create" ? "" : request.payment
    // What the first began may not be over yet, and then the second is refused on the same payment.
    if (told.outcome === "refused" && underWay !== "" && underWay === payment) continue
    if (books.ask(key, request, idOf(told)) !== told.outcome) return []
    if (told.outcome === "accepted") underWay = payment
  }
  return [books]
}

const idOf = (told: Told): string => (told.outcome === "accepted" ? told.id : "")

/** Several orders may explain the answers; what is seen afterwards says which one it was. */
const whichIsSeen = async (
  { payments }: Merchant,
  { side, wait }: Real,
  explanations: ReadonlyArray<MerchantBooks>
): Promise<MerchantBooks> => {
  const seen: Array<string> = []
  for (const id of payments) seen.push(textOf(await wait(side.read(id))))
  const fits = (books: MerchantBooks) => payments.every((id, place) => textOf(books.see(id)) === seen[place])
  const [first] = explanations
  if (first === undefined) throw new Error("nothing explains the answers")
  return explanations.find(fits) ?? first
}

/** Reading, listing and balances say what the model says. */
const compare = async ({ books, payments }: Merchant, { side, wait }: Real): Promise<void> => {
  await wait(side.settled())
  for (const id of payments) same("a payment is seen differently", books.see(id), await wait(side.read(id)))
  same("the list is another", books.list().toSorted(), (await wait(side.list())).toSorted())
  same("the merchant is owed something else", books.owed(), await wait(side.owed()))
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}` : part))

const textOfWish = (wish: Wish): string => {
  if (wish._tag === "Again") return `again(${wish.nth}${wish.otherBody ? ", with another body" : ""})`
  const { request, nth } = wish
  if (request.kind === "create") return `create(${request.amount}, ${request.autoCapture ? "captured" : "held"})`
  return "amount" in request ? `${request.kind}(${nth}, ${request.amount ?? "all"})` : `cancel(${nth})`
}
