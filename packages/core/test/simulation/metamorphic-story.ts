/** What a merchant does, one thing after the other, and what may come in between without anybody's wishing for it. */
import * as fc from "fast-check"

/** What is about a payment names it by its place among those that were made, counted round. */
export type Move =
  | {
      readonly do: "pay"
      readonly minor: bigint
      readonly captured: boolean
      /** What the payer makes of a challenge, where one is asked of him; `null`: no 3-D Secure. */
      readonly payer: "approved" | "failed" | "cancelled" | "leaves" | null
    }
  | { readonly do: "capture"; readonly nth: number; readonly minor: bigint | null }
  | { readonly do: "refund"; readonly nth: number; readonly minor: bigint }
  | { readonly do: "cancel"; readonly nth: number }
  | { readonly do: "settle" }

export type Story = {
  readonly moves: ReadonlyArray<Move>
  readonly nodes: number
  /** Times of the bank and places of the workers follow from it. */
  readonly seed: number
}

/** Comes during a move, when so many things have happened since its beginning. */
export type Disturbance = { readonly move: number; readonly after: number } & Kind

type Kind =
  /** A request that was answered, or is being made, arrives once more at some process. */
  | { readonly what: "duplicate"; readonly nth: number }
  /** A process looks for what is due. */
  | { readonly what: "tick"; readonly node: number }
  /** Somebody has a payment looked at again. */
  | { readonly what: "recheck"; readonly nth: number }
  /** The process that makes the n-th call from then on dies beside it, and comes back. */
  | { readonly what: "crash"; readonly call: number; readonly side: "before" | "after" }
  /** A process is told to stop, and another takes its place. */
  | { readonly what: "restart"; readonly node: number }

export const disturbanceKinds: ReadonlyArray<Kind["what"]> = ["duplicate", "tick", "recheck", "crash", "restart"]

/**
 * The last one is declined by the bank. None is denied by the risk rules: those are asked before a message leaves for the
 * first time, and no longer once a process has died that may have sent it.
 */
const minor = fc.constantFrom(1000n, 777n, 5000n, 501n)

const nth = fc.nat({ max: 5 })

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant("pay" as const), minor, captured: fc.boolean(), payer: fc.constant(null) }
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("pay" as const),
      // Passes, or is refused, at once; and thrice with a challenge.
      minor: fc.constantFrom(566n, 566n, 566n, 569n, 572n),
      captured: fc.boolean(),
      payer: fc.constantFrom("approved", "approved", "failed", "cancelled", "leaves")
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("capture" as const), nth, minor: fc.constantFrom(null, 300n, 777n) })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("refund" as const), nth, minor: fc.constantFrom(1n, 300n, 700n, 1000n) })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), nth }) },
  { weight: 1, arbitrary: fc.constant({ do: "settle" as const }) }
)

export const story: fc.Arbitrary<Story> = fc.record({
  moves: fc.array(move, { minLength: 1, maxLength: 8, size: "max" }),
  nodes: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat()
})

const node = fc.nat({ max: 2 })

const kind: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({ what: fc.constant("duplicate" as const), nth: fc.nat({ max: 8 }) }),
  fc.record({ what: fc.constant("tick" as const), node }),
  fc.record({ what: fc.constant("recheck" as const), nth }),
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ what: fc.constant("crash" as const), call: fc.nat({ max: 20 }) },
      side: fc.constantFrom("before" as const, "after" as const)
    })
  },
  fc.record({ what: fc.constant("restart" as const), node })
)

/** One to four of them, anywhere in a story. */
export const disturbances: fc.Arbitrary<ReadonlyArray<Disturbance>> = fc.array(
  fc
    .tuple(fc.record({ move: fc.nat({ max: 7 }), after: fc.nat({ max: 40 }) }), kind)
    .map(([at, one]): Disturbance => ({ ...at, ...one })),
  { minLength: 1, maxLength: 4, size: "max" }
)
