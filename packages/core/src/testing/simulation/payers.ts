/**
 * Whoever pays at a page: tries to, under a name for each try, tries the same again when nothing is heard, and remembers
 * what was said. What a page has shown once stays true.
 */
import type { CheckoutView, PayCheckoutInput } from "../../application/checkouts/checkout-contract.ts"
import type { Outcome } from "../../application/kernel-contract.ts"
import { type ClientGrounds, checkWait } from "./clients.ts"
import type { Process } from "./process.ts"
import { merchantId } from "./shop.ts"

export type Try = {
  readonly name: string
  readonly checkoutId: string
  /** The same each time, but for the card, which is used up. */
  readonly input: () => PayCheckoutInput
}

export type Payers = {
  readonly tries: ReadonlyArray<Try>
  /** Names of the pages that were shown, by their checkouts. */
  readonly pages: ReadonlyMap<string, string>
  /** `name`: of the try, and the same again for the same try. */
  readonly make: (checkoutId: string, inputOf: (name: string) => PayCheckoutInput) => Try
  readonly say: (one: Try, process: Process) => void
  /** Anything else that a page is asked: what it shows is compared with what is stored. */
  readonly look: (what: string, process: Process, asking: Promise<Told>) => void
}

type Told = Outcome<CheckoutView, { readonly _tag: string }>

export const makePayers = (grounds: ClientGrounds): Payers => {
  const { books, report, trace, nowMs } = grounds
  const tries: Array<Try> = []
  /** The first payment that was shown for a try, by checkout and name. */
  const shown = new Map<string, string>()
  const pages = new Map<string, string>()

  const checkView = ({ checkout, latest, page }: CheckoutView, where: string): void => {
    pages.set(checkout.id, page)
    const entry = books.checkouts.byId.get(checkout.id)
    if (entry === undefined) {
      report("I6", `${where}: ${checkout.id} is shown, and not stored`)
      return
    }
    if (!entry.statuses.has(checkout.status)) report("I6", `${where}: ${checkout.id} was never ${checkout.status}`)
    for (const { id, attempt, status } of checkout.payments) {
      const part = entry.parts.find((one) => one.id === id)
      if (part?.attempt !== attempt) report("I6", `${where}: ${id} of ${checkout.id} is shown, and not stored`)
      else if (status !== "open" && part.status !== status) {
        report("I6", `${where}: ${id} of ${checkout.id} was ${status}, and is ${part.status}`)
      }
      const name = `${checkout.id} ${attempt}`
      const first = shown.get(name) ?? checkout.payments.find((one) => one.attempt === attempt)?.id ?? id
      shown.set(name, first)
      if (!checkout.payments.some((one) => one.id === first)) report("I7", `${where}: ${name} is not ${first} any more`)
    }
    if (latest === null) return
    const payment = books.payments.get(latest.payment.id)
    if (payment?.statuses.has(latest.payment.status) !== true) {
      report("I6", `${where}: ${latest.payment.id} was never ${latest.payment.status}`)
    }
  }
  const hear = (what: string, told: Told): void => {
    trace.note(what, told.ok ? `${told.value.checkout.status} ${told.value.latest?.payment.id}` : told.error._tag)
    if (told.ok) checkView(told.value, what)
  }
  const failed =
    (what: string, { actor }: Process) =>
    (defect: unknown): void => {
      if (actor.state !== "down") report("DEFECT", `${what}: ${String(defect)}`)
    }
  return {
    ...{ tries, pages },
    make: (checkoutId, inputOf) => {
      const name = `t${tries.length}`
      const made: Try = { name, checkoutId, input: () => inputOf(name) }
      tries.push(made)
      return made
    },
    say: ({ name, checkoutId, input }, process) => {
      const askedAtMs = nowMs()
      const what = `${name} to pay ${checkoutId}`
      process.kernel.checkouts.pay(merchantId, checkoutId, input()).then(
        (told) => {
          checkWait(grounds, process, askedAtMs, what)
          hear(what, told)
          if (!told.ok || told.value.checkout.payments.some(({ attempt }) => attempt === name)) return
          report("I6", `${what} is answered, and not among its tries`)
        },
        failed(what, process)
      )
    },
    look: (what, process, asking) => {
      asking.then((told) => hear(what, told), failed(what, process))
    }
  }
}
