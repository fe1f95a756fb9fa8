/** A cross-border payment to build stories and laws upon: ten dollars to Mexico, with a fee of one. */
import type {
  CreatePayment,
  CrossBorderCommand,
  NetworkReport,
  OnchainReference,
  RefundReference,
  RfiReference
} from "../../cross-border/cross-border.ts"
import type { FailureCode } from "../../cross-border/failure-code.ts"
import { type Money, money } from "../../money/index.ts"
import { exampleCertificate } from "./quote-arbitraries.ts"

export const exampleSource = money(10_000_000n, "USDC")

const createdAtMs = 1_000

/** When most of it happens. */
export const heardAt = 1_500

export const createExample: CreatePayment = {
  _tag: "CreatePayment",
  id: "payment-1",
  merchantId: "merchant-1",
  quoteId: "quote-1",
  terms: {
    fixedSide: "source",
    source: exampleSource,
    destination: money(15_300n, "MXN"),
    rate: { numerator: 17n, denominator: 1n },
    fees: {
      breakdown: [{ type: "payout_institution", amount: money(1_000_000n, "USDC") }],
      total: money(1_000_000n, "USDC")
    },
    paymentMethod: "SPEI",
    blockchain: "ETH-SEPOLIA",
    senderCountry: "US",
    destinationCountry: "MX",
    senderType: "business",
    recipientType: "business",
    firstParty: false,
    transactionVersion: 1,
    fiatSettlementTime: { min: 1, max: 3, unit: "days" },
    certificate: exampleCertificate,
    expiresAtMs: 1_030,
    fundsDueAtMs: 2_000
  },
  details: {
    senderAddress: "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c",
    refundAddress: "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c",
    useCase: "b2b",
    reasonForPayment: "PMT001",
    customerRefId: "customer-1",
    beneficiaryRefId: null,
    refCode: "ref-1",
    travelRuleRecordId: "record-1",
    beneficiaryRecordId: "record-2"
  },
  nowMs: createdAtMs
}

export const reported = (report: NetworkReport, nowMs = heardAt): CrossBorderCommand => ({
  _tag: "RecordReport",
  report,
  nowMs
})

export const started = (n: number, accelerates = false, nowMs = heardAt): CrossBorderCommand => ({
  _tag: "StartTransaction",
  transactionId: `transaction-${n}`,
  accelerates,
  nowMs
})

export const onchain = (
  n: number,
  status: OnchainReference["status"],
  received: Money | null = status === "completed" ? exampleSource : null,
  nowMs = heardAt
): CrossBorderCommand => ({
  _tag: "RecordTransaction",
  transaction: { id: `transaction-${n}`, status },
  received,
  nowMs
})

export const asked = (
  n: number,
  status: RfiReference["status"],
  code: FailureCode | null = null
): CrossBorderCommand => ({ _tag: "RecordRfi", rfi: { id: `rfi-${n}`, status }, code, nowMs: heardAt })

export const refunded = (
  n: number,
  status: RefundReference["status"],
  amount: Money = exampleSource
): CrossBorderCommand => ({
  _tag: "RecordRefund",
  refund: { id: `refund-${n}`, status, amount, transactionHash: status === "completed" ? `0x${n}` : null },
  nowMs: heardAt
})

export const cleared = reported({ _tag: "Cleared" })
export const initiated = reported({ _tag: "PayoutInitiated" })
export const completed = reported({ _tag: "PayoutCompleted", fiatNetworkRef: "bank-1" })
export const failedWith = (code: FailureCode): CrossBorderCommand => reported({ _tag: "Failed", code })

const overtaken = [started(1), onchain(1, "broadcasted"), started(2, true)]

/** Lives that come so far that what follows is interesting: in the last but one, more arrives than was asked for. */
export const beginnings: ReadonlyArray<ReadonlyArray<CrossBorderCommand>> = [
  [],
  [createExample],
  [createExample, { _tag: "WithdrawPayment", nowMs: createExample.nowMs }],
  [createExample, cleared, started(1)],
  [createExample, cleared, ...overtaken],
  [createExample, cleared, ...overtaken, onchain(1, "completed"), initiated],
  [createExample, cleared, ...overtaken, onchain(1, "completed"), onchain(2, "completed"), initiated],
  [createExample, cleared, ...overtaken, onchain(1, "completed"), initiated, completed]
]
