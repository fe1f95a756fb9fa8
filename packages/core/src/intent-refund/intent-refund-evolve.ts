import { evolveAttempt, planAttempt } from "../attempt/index.ts"
import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { IntentRefund, IntentRefundEvent } from "./intent-refund.ts"
import { intentRefundMachine } from "./intent-refund-machine.ts"

/** Before anything happened. The currencies mean nothing until the refund is planned. */
export const noIntentRefund: IntentRefund = {
  status: "none",
  id: "",
  merchantId: "",
  walletId: null,
  intentId: "",
  destination: { chain: "", address: "", addressTag: null },
  amount: zero("USDC"),
  source: zero("USDC"),
  rate: null,
  attempt: null,
  transactionHash: null,
  networkFee: null,
  failure: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The refund after an event. An event that the machine does not know from here, or that its attempt cannot follow, is a
 * bug, so it throws.
 *
 * @example
 * evolve(pendingRefund, { _tag: "IntentRefundRefused", why: "address_invalid", atMs: 5 }).failure // => "address_invalid"
 */
export const evolve = (refund: IntentRefund, event: IntentRefundEvent): IntentRefund => {
  const status = follow(intentRefundMachine, refund.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "IntentRefundPlanned": {
      const { _tag, plan, atMs: createdAtMs, ...terms } = event
      const attempt = planAttempt(plan)
      return { ...noIntentRefund, ...terms, status, attempt, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "TransferAdvanced": {
      if (refund.attempt === null) throw new Error("a refund without an attempt cannot be sent")
      return { ...refund, status, attempt: evolveAttempt(refund.attempt, event.event), updatedAtMs: atMs }
    }
    case "TransferBroadcast": {
      const { transactionHash, networkFee } = event
      return { ...refund, status, transactionHash, networkFee, updatedAtMs: atMs }
    }
    case "IntentRefundSent":
      return { ...refund, status, updatedAtMs: atMs }
    case "IntentRefundRefused":
      return { ...refund, status, failure: event.why, updatedAtMs: atMs }
  }
}
