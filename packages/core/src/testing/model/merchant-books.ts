/**
 * What a merchant may expect, in one page: an independent model of payments that shares no rule and no code with what it
 * judges. It knows keys, holds, captures, cancels and refunds, and what the merchant is owed. Between two requests all
 * that is under way has come to its end.
 */

/** What a merchant asks. Amounts are minor units of one currency; `null` captures all that is held. */
export type MerchantRequest =
  | { readonly kind: "create"; readonly amount: bigint; readonly autoCapture: boolean }
  | { readonly kind: "capture"; readonly payment: string; readonly amount: bigint | null }
  | { readonly kind: "refund"; readonly payment: string; readonly amount: bigint }
  | { readonly kind: "cancel"; readonly payment: string }

export type Expected = "accepted" | "refused" | "key reused"

/** A payment as its merchant sees it. `captured` is nothing once the payment has failed or was undone. */
export type SeenPayment = {
  readonly status: "confirmed" | "failed"
  readonly captured: bigint
  readonly refunded: bigint
}

type Entry = {
  readonly asked: bigint
  stage: "failed" | "held" | "captured" | "undone" | "returned"
  captured: bigint
  refunded: bigint
}

/** `declined` is an amount that the bank declines. */
export class MerchantBooks {
  readonly #declined: bigint | null
  readonly #keys: Map<string, string>
  readonly #payments: Map<string, Entry>

  constructor(declined: bigint | null, keys?: Map<string, string>, payments?: Map<string, Entry>) {
    this.#declined = declined
    this.#keys = new Map(keys)
    this.#payments = new Map([...(payments ?? [])].map(([id, entry]) => [id, { ...entry }]))
  }

  copy(): MerchantBooks {
    return new MerchantBooks(this.#declined, this.#keys, this.#payments)
  }

  /** How a request must end. One that is accepted for the first time is written down; `id` names a new payment. */
  ask(key: string, request: MerchantRequest, id: string): Expected {
    const meaning = JSON.stringify(request, (_, value) => (typeof value === "bigint" ? `${value}` : value))
    const bound = this.#keys.get(key)
    if (bound !== undefined) return bound === meaning ? "accepted" : "key reused"
    const accepted = request.kind === "create" ? this.#create(request, id) : this.#change(request)
    if (accepted) this.#keys.set(key, meaning)
    return accepted ? "accepted" : "refused"
  }

  #create({ amount, autoCapture }: Extract<MerchantRequest, { kind: "create" }>, id: string): boolean {
    if (amount <= 0n) return false
    const captured = amount !== this.#declined && autoCapture
    const stage = amount === this.#declined ? "failed" : autoCapture ? "captured" : "held"
    this.#payments.set(id, { asked: amount, stage, captured: captured ? amount : 0n, refunded: 0n })
    return true
  }

  #change(request: Exclude<MerchantRequest, { kind: "create" }>): boolean {
    const entry = this.#payments.get(request.payment)
    if (entry === undefined) return false
    switch (request.kind) {
      case "capture": {
        const amount = request.amount ?? entry.asked
        if (entry.stage !== "held" || amount <= 0n || amount > entry.asked) return false
        entry.stage = "captured"
        entry.captured = amount
        return true
      }
      case "refund": {
        if (entry.stage !== "captured" && entry.stage !== "returned") return false
        if (request.amount <= 0n || request.amount > entry.captured - entry.refunded) return false
        entry.refunded += request.amount
        return true
      }
      case "cancel": {
        const untouched = entry.stage === "captured" && entry.refunded === 0n
        if (entry.stage === "held" || untouched) {
          entry.stage = "undone"
          entry.captured = 0n
          return true
        }
        // What is left of a payment that was refunded in part goes back; nothing can be left for a second time.
        if (entry.stage !== "captured" || entry.refunded === entry.captured) return false
        entry.stage = "returned"
        entry.refunded = entry.captured
        return true
      }
    }
  }

  see(id: string): SeenPayment | null {
    const entry = this.#payments.get(id)
    if (entry === undefined) return null
    const { stage, captured, refunded } = entry
    return { status: stage === "failed" || stage === "undone" ? "failed" : "confirmed", captured, refunded }
  }

  /** Newest first. */
  list(): ReadonlyArray<string> {
    return [...this.#payments.keys()].toReversed()
  }

  /** Captured and not returned: what the merchant is owed before fees. */
  owed(): bigint {
    let sum = 0n
    for (const { captured, refunded } of this.#payments.values()) sum += captured - refunded
    return sum
  }
}
