/** Cross-border payments as a host calls them. A kernel without a payout network shows what there is, and begins nothing. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Store } from "../../ports/store.ts"
import type { Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import type { Run } from "../run-outcome.ts"
import { crossBorderDefinition } from "../storage/cross-border-aggregates.ts"
import { submitRfi } from "./answer-rfi.ts"
import { createCrossBorder } from "./create-cross-border.ts"
import { createQuotes, overviewOf, requirementsForQuote, routesFor } from "./create-quotes.ts"
import type { CrossBorder, CrossBorderNotEnabled } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { createTransaction } from "./onchain-transactions.ts"
import { openTicket } from "./open-ticket.ts"
import {
  findPayoutRefund,
  findQuote,
  findRfi,
  findTransaction,
  listCrossBorder,
  viewCrossBorder
} from "./read-cross-border.ts"
import { hearOfCrossBorder } from "./run-cross-border-tasks.ts"
import { submitTransaction } from "./submit-transaction.ts"
import { uploadRfiFile } from "./upload-rfi-file.ts"

type Parts = {
  readonly run: Run
  readonly operations: Operations
  readonly directory: MerchantDirectory
  readonly desk: CrossBorderDesk | null
}

export const crossBorderUseCases = (parts: Parts): CrossBorder => {
  const { run, operations, directory, desk } = parts
  return {
    enabled: desk !== null,
    overview: async () => (desk === null ? notEnabled : run(overviewOf(operations, desk))),
    routes: async (filter) => (desk === null ? notEnabled : run(routesFor(operations, desk, filter))),
    requirements: async (merchantId, quoteId) =>
      desk === null ? notEnabled : run(requirementsForQuote(operations, desk, merchantId, quoteId)),
    quotes: {
      create: async (merchantId, request) =>
        desk === null ? notEnabled : run(createQuotes(operations, directory, desk, merchantId, request)),
      get: (merchantId, id) => run(findQuote(merchantId, id))
    },
    payments: paymentUseCases(parts),
    transactions: transactionUseCases(parts),
    rfis: {
      get: (merchantId, paymentId, id) => run(findRfi(merchantId, paymentId, id)),
      submit: async (merchantId, paymentId, rfiId, input) =>
        desk === null ? notEnabled : run(submitRfi({ operations, desk, merchantId, paymentId, rfiId, input })),
      uploadFile: (merchantId, paymentId, rfiId, input) => run(uploadRfiFile({ merchantId, paymentId, rfiId, input }))
    },
    refunds: { get: (merchantId, paymentId, id) => run(findPayoutRefund(merchantId, paymentId, id)) },
    tickets: { create: (merchantId, input, request) => run(openTicket(directory, merchantId, input, request)) }
  }
}

const paymentUseCases = ({ run, operations, directory, desk }: Parts): CrossBorder["payments"] => ({
  create: async (merchantId, input, request) =>
    desk === null ? notEnabled : run(createCrossBorder({ operations, directory, desk, merchantId, input }, request)),
  get: (merchantId, id) => run(viewCrossBorder(merchantId, id)),
  list: (merchantId, request) => run(Effect.map(listCrossBorder(merchantId, request), Result.succeed)),
  hear: async (merchantId, id) =>
    desk === null ? notEnabled : run(hearOfCrossBorder(operations, desk, merchantId, id)),
  ledger: (merchantId, id) =>
    run(
      Effect.flatMap(Store, (store) =>
        Effect.map(store.ledgerOf(merchantId, { type: crossBorderDefinition.type, id }), Result.succeed)
      )
    )
})

const transactionUseCases = ({ run, operations, desk }: Parts): CrossBorder["transactions"] => ({
  create: async (merchantId, paymentId, input, request) =>
    desk === null ? notEnabled : run(createTransaction({ operations, desk, merchantId, paymentId, input }, request)),
  get: (merchantId, paymentId, id) => run(findTransaction(merchantId, paymentId, id)),
  submit: async (merchantId, paymentId, transactionId, { signedTransaction }) =>
    desk === null
      ? notEnabled
      : run(submitTransaction(operations, desk, { merchantId, paymentId, transactionId, signedTransaction })),
  accelerate: async (merchantId, paymentId, request) =>
    desk === null
      ? notEnabled
      : run(createTransaction({ operations, desk, merchantId, paymentId, input: null }, request))
})

const notEnabled: { readonly ok: false; readonly error: CrossBorderNotEnabled } = {
  ok: false,
  error: { _tag: "CrossBorderNotEnabled" }
}
