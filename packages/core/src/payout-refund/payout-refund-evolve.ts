import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { PayoutRefund, RefundEvent } from "./payout-refund.ts"
import { refundMachine } from "./payout-refund-machine.ts"

/** Before anything happened. The currency means nothing until the refund is created. */
export const noRefund: PayoutRefund = {
  status: "none",
  id: "",
  merchantId: "",
  paymentId: "",
  amount: zero("USDC"),
  blockchain: "",
  refundAddress: "",
  transactionHash: null,
  contradiction: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The refund after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve({ ...noRefund, status: "created" }, { _tag: "RefundFailed", atMs: 5 }).status // => "failed"
 */
export const evolve = (refund: PayoutRefund, event: RefundEvent): PayoutRefund => {
  const status = follow(refundMachine, refund.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "RefundCreated": {
      const { _tag, atMs: createdAtMs, ...details } = event
      return { ...details, status, transactionHash: null, contradiction: null, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "RefundCompleted":
      return { ...refund, status, transactionHash: event.transactionHash, updatedAtMs: atMs }
    case "RefundFailed":
      return { ...refund, status, updatedAtMs: atMs }
    case "RefundContradicted":
      return { ...refund, status, contradiction: event.said, updatedAtMs: atMs }
  }
}
