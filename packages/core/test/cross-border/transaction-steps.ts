/** What tests do with transactions that fund a payment. */
import type { OnchainTransaction } from "@paykernel/core"
import type { TransactionChange } from "../../src/testing/funding/test-wallet.ts"
import { type CrossBorderWorld, crossBorderWorld, merchantId, ok, payAs } from "./cross-border-world.ts"

/** A payment that waits for its money, in a world of its own. */
export const pending = async (transactionVersion: 1 | 2 = 1, blockchain = "ETH-SEPOLIA") => {
  const world = await crossBorderWorld()
  const { payment } = await payAs(world, "Ada Example", { transactionVersion, blockchain })
  return { world, payment }
}

/** Hands a signed text over, and says what came of it. */
export const submit = (
  { kernel }: CrossBorderWorld,
  { paymentId, id }: OnchainTransaction,
  signedTransaction: string
) => kernel.crossBorder.transactions.submit(merchantId, paymentId, id, { signedTransaction })

/** How a transaction stands, as its payer is told. */
export const standingOf = async ({ kernel }: CrossBorderWorld, { paymentId, id }: OnchainTransaction) =>
  ok(await kernel.crossBorder.transactions.get(merchantId, paymentId, id))

/** Pays so little for its gas that the chain leaves it waiting. */
export const slow: TransactionChange = { maxFeePerGas: 1_200_000_000n }
