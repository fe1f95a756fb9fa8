/**
 * What the chains make of a transfer that they are asked for: a refund out of the wallet, or a pull that a payer signed. One
 * key gets one answer for ever; what is decided is a record, and who asked is told once the record is durable.
 */
import { equals, type Money } from "../../money/index.ts"
import type { PullOperation, PullToken, RefundOperation, TransferFailure } from "../../ports/blockchain.ts"
import { addressFormats, type Network } from "./address-format.ts"
import { addressOf, addressProblem } from "./chain-address.ts"
import { hashOf } from "./chain-blocks.ts"
import { type ChainBooks, keyName, nonceName } from "./chain-books.ts"
import type { TransactionBroadcast, TransferRefused } from "./chain-journal.ts"
import { chainRow } from "./chain-list.ts"
import type { Amounts } from "./chain-view.ts"
import { networkFeeOf } from "./network-fee.ts"
import { isSignedByPayer } from "./transfer-authorization.ts"

/** `earlier`: the key was seen with this very request, and stands as it stood. */
export type TransferDecision =
  | { readonly _tag: "Decided"; readonly record: TransactionBroadcast | TransferRefused }
  | { readonly _tag: "Earlier" }
  | { readonly _tag: "KeyReused" }

export type TransferContext = {
  readonly books: ChainBooks
  readonly amounts: Amounts
  readonly network: Network
  readonly secret: string
  readonly nowMs: number
}

/** The amount with which nothing can be paid, whoever pays. */
const emptyPockets = "5.07"

export const decideRefund = (context: TransferContext, operation: RefundOperation): TransferDecision => {
  const { key, chain, address, addressTag, amount } = operation
  const output = { address, addressTag, amount: context.amounts.format(amount), currency: amount.currency }
  const request = JSON.stringify([chain, output])
  const why = refundFailure(context, operation)
  return decide(context, {
    kind: "refund",
    key,
    chain,
    request,
    why,
    from: walletOf(context, chain),
    output,
    nonce: null
  })
}

export const decidePull = (context: TransferContext, operation: PullOperation): TransferDecision => {
  const { key, chain, currency, authorization } = operation
  const { from, to, value, nonce } = authorization
  const amount = { amount: value, currency }
  const output = { address: to, addressTag: null, amount: context.amounts.format(amount), currency }
  // Not the signature: a wallet that is asked again may sign the same in other words.
  const signed = [chain, output, from, nonce]
  const request = JSON.stringify([...signed, String(authorization.validAfter), String(authorization.validBefore)])
  const why = pullFailure(context, operation)
  return decide(context, { kind: "pull", key, chain, request, why, from, output, nonce })
}

/** What forbids a pull whenever it is sent. */
export const authorizationFault = (
  { chain, currency, authorization }: Omit<PullOperation, "key">,
  network: Network
): "asset_unsupported" | "address_invalid" | "amount_invalid" | "signature_invalid" | null => {
  const token = pullTokenOf(chain, currency)
  if (token === undefined) return "asset_unsupported"
  const { check } = addressFormats.evm
  if (check(authorization.from, network) !== null || check(authorization.to, network) !== null) return "address_invalid"
  if (authorization.value <= 0n) return "amount_invalid"
  return isSignedByPayer(token, authorization) ? null : "signature_invalid"
}

const pullTokenOf = (chain: string, currency: string): PullToken | undefined =>
  chainRow(chain)?.pullTokens?.find((token) => token.currency === currency)

const refundFailure = (context: TransferContext, operation: RefundOperation): TransferFailure | null => {
  const { chain, address, addressTag, amount } = operation
  const row = chainRow(chain)
  if (row === undefined || !row.assets.includes(amount.currency)) return "asset_unsupported"
  if (addressProblem(chain, address, addressTag, context.network) !== null) return "address_invalid"
  if (amount.amount <= 0n) return "amount_invalid"
  return isBeyondMeans(context, amount) ? "funds_insufficient" : null
}

/** The wallet from which refunds of a chain are sent. */
const walletOf = ({ secret, network }: TransferContext, chain: string): string => {
  const row = chainRow(chain)
  return row === undefined ? "" : addressOf(secret, row, "wallet", network).address
}

/** In the order in which the token's contract looks. */
const pullFailure = (context: TransferContext, operation: PullOperation): TransferFailure | null => {
  const { chain, currency, authorization } = operation
  const fault = authorizationFault(operation, context.network)
  if (fault !== null && fault !== "signature_invalid") return fault
  const nowS = BigInt(Math.floor(context.nowMs / 1000))
  if (nowS <= authorization.validAfter) return "authorization_not_yet_valid"
  if (nowS >= authorization.validBefore) return "authorization_expired"
  if (fault !== null) return fault
  if (context.books.nonces.has(nonceName(chain, authorization.from, authorization.nonce))) return "authorization_used"
  return isBeyondMeans(context, { amount: authorization.value, currency }) ? "funds_insufficient" : null
}

const isBeyondMeans = ({ amounts }: TransferContext, amount: Money): boolean =>
  equals(amount, amounts.parse(emptyPockets, amount.currency))

type Transfer = {
  readonly kind: "refund" | "pull"
  readonly key: string
  readonly chain: string
  readonly request: string
  readonly why: TransferFailure | null
  readonly from: string
  readonly output: TransactionBroadcast["outputs"][number]
  readonly nonce: string | null
}

const decide = ({ books, nowMs }: TransferContext, transfer: Transfer): TransferDecision => {
  const { kind, key, chain, request, why, from, output, nonce } = transfer
  const earlier = books.keyed.get(keyName(kind, key))
  if (earlier !== undefined) {
    const bound = "why" in earlier ? earlier.request : earlier.broadcast.request
    return bound === request ? { _tag: "Earlier" } : { _tag: "KeyReused" }
  }
  if (why !== null) {
    return { _tag: "Decided", record: { record: "transfer_refused", kind, key, request, why, atMs: nowMs } }
  }
  const record: TransactionBroadcast = {
    record: "transaction_broadcast",
    kind,
    chain,
    transactionHash: hashOf(`${kind} ${key}`),
    fromAddresses: [from],
    outputs: [output],
    networkFee: networkFeeOf(chain, output.currency),
    key,
    request,
    nonce,
    atMs: nowMs
  }
  return { _tag: "Decided", record }
}
