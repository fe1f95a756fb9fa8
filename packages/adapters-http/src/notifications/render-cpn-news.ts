/** What happened to a cross-border payment, or to what belongs to it, as it is read at its own address. */
import type { MessageToRender } from "@paykernel/core"
import { renderPayment, renderRefund } from "../cpn/render-payment.ts"
import { renderRfi } from "../cpn/render-rfi.ts"
import { renderTransaction } from "../cpn/render-transaction.ts"
import type { CpnChange } from "./cpn-news.ts"
import type { RenderedNews } from "./render-news.ts"

type Read = MessageToRender["read"]
type Payment = Extract<CpnChange, { readonly type: "cross_border_payment" }>["after"]

/** The fullest form first. The last one is short enough for any message. */
export const renderCpnNews = async (change: CpnChange, read: Read): Promise<ReadonlyArray<RenderedNews>> => {
  switch (change.type) {
    case "cross_border_payment":
      return renderPaymentNews(change.after, read)
    case "rfi":
      return [renderRfi(change.after)]
    case "onchain_transaction": {
      const { signedTransaction, ...short } = renderTransaction(change.after)
      return signedTransaction === undefined ? [short] : [{ ...short, signedTransaction }, short]
    }
    case "payout_refund":
      return [renderRefund(change.after)]
  }
}

const renderPaymentNews = async (payment: Payment, read: Read): Promise<ReadonlyArray<RenderedNews>> => {
  const open = payment.rfis.find(({ status }) => status === "information_required" || status === "in_review")
  if (open === undefined) return [renderPayment({ payment, activeRfi: null })]
  const rfi = await read.rfi(open.id)
  if (rfi === undefined) throw new Error("a payment with a request for information that does not exist")
  // As it stood when this happened, and not as it stands now: a message is the same whenever it is sent.
  const activeRfi = { ...rfi, status: open.status }
  return [renderPayment({ payment, activeRfi }), renderPayment({ payment, activeRfi: null })]
}
