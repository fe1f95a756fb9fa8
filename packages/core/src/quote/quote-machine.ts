import type { Machine } from "../machine.ts"
import type { QuoteEvent, QuoteStatus } from "./quote.ts"

/** Every legal move of a quote. That its time is over is read from the clock: nothing has to happen for it. */
export const quoteMachine: Machine<QuoteStatus, QuoteEvent["_tag"]> = {
  none: { QuoteIssued: "open" },
  open: { QuoteUsed: "used" },
  used: { QuoteReleased: "open" }
}
