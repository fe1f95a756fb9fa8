/** The on-chain leg: what the sender has to sign is fetched, signed by whoever holds the key, and handed in. */
import type { PaymentBody } from "../cpn/payment.schema.ts"
import type { TransactionBody, TransactionV2Body } from "../cpn/transaction.schema.ts"
import { type Answer, andThen, answered } from "./answer.ts"
import { type CallApi, path } from "./call-api.ts"

/** Of either version. */
export type OnchainTransactionBody = TransactionBody | TransactionV2Body

export type ToBeSigned = {
  readonly transaction: OnchainTransactionBody
  /**
   * The signed transaction that this one overtakes, in version 1: its nonce is to be taken again, with the new fee. `null`:
   * none.
   */
  readonly overtakes: string | null
}

/**
 * Whoever holds the sender's key. In version 1 on EVM chains it gives a signed raw transaction that hands the signature of
 * `messageToBeSigned` to the token; in version 2 that signature alone; on Solana the transaction with its signature in it.
 */
export type Signer = (what: ToBeSigned) => Promise<string> | string

export type FundOptions = {
  /** A UUID. The same one again finds the transaction that was created, and submits it if it was not. */
  readonly idempotencyKey: string
  readonly signer: Signer
}

export type CreateTransactionOptions = {
  readonly idempotencyKey: string
  /** Of the quote: `VERSION_1` or `VERSION_2`. */
  readonly version: "VERSION_1" | "VERSION_2"
  /** Only in version 2. */
  readonly metadata?: TransactionV2Body["metadata"]
}

export type Transactions = {
  readonly create: (paymentId: string, options: CreateTransactionOptions) => Promise<Answer<OnchainTransactionBody>>
  /** Version 1 unless told otherwise. */
  readonly get: (
    paymentId: string,
    transactionId: string,
    version?: CreateTransactionOptions["version"]
  ) => Promise<Answer<OnchainTransactionBody>>
  readonly submit: (
    transaction: OnchainTransactionBody,
    signedTransaction: string
  ) => Promise<Answer<OnchainTransactionBody>>
  /** Creates, has it signed, and submits. */
  readonly fund: (
    paymentId: string,
    options: CreateTransactionOptions & FundOptions
  ) => Promise<Answer<OnchainTransactionBody>>
  /** A copy of the newest one that waits on the chain, which pays the chain more; signed and submitted. */
  readonly accelerate: (paymentId: string, options: FundOptions) => Promise<Answer<OnchainTransactionBody>>
}

const roots = { VERSION_1: "/v1", VERSION_2: "/v2" } as const

const versionOf = (messageType: OnchainTransactionBody["messageType"]): CreateTransactionOptions["version"] =>
  messageType === "PAYMENT_SETTLEMENT_CONTRACT_V1_0_PAYMENT_INTENT" ? "VERSION_2" : "VERSION_1"

export const transactionsOver = (call: CallApi): Transactions => {
  const create: Transactions["create"] = (paymentId, { idempotencyKey, version, metadata }) => {
    const kind = version === "VERSION_1" ? { senderAccountType: "EOA" } : metadata === undefined ? {} : { metadata }
    const where = `${roots[version]}${path`/cpn/payments/${paymentId}/transactions`}`
    return call({ method: "POST", path: where, body: { idempotencyKey, ...kind } })
  }

  const submit: Transactions["submit"] = ({ id, paymentId, messageType }, signedTransaction) => {
    const rest = path`/cpn/payments/${paymentId}/transactions/${id}/submit`
    return call({ method: "POST", path: `${roots[versionOf(messageType)]}${rest}`, body: { signedTransaction } })
  }

  const get: Transactions["get"] = (paymentId, transactionId, version = "VERSION_1") => {
    const rest = path`/cpn/payments/${paymentId}/transactions/${transactionId}`
    return call({ method: "GET", path: `${roots[version]}${rest}` })
  }

  /**
   * An answer that is given again under its key tells how things stood then, so it is looked at anew: what was submitted
   * meanwhile is not signed a second time.
   */
  const signAndSubmit = (
    { id, paymentId, messageType }: OnchainTransactionBody,
    signer: Signer,
    overtakes: string | null
  ): Promise<Answer<OnchainTransactionBody>> =>
    andThen(get(paymentId, id, versionOf(messageType)), async (transaction) =>
      transaction.status === "CREATED"
        ? submit(transaction, await signer({ transaction, overtakes }))
        : answered(transaction)
    )

  /** What the newest transaction that waits on the chain was signed as. One of version 2 has no nonce to take again. */
  const overtaken = async (paymentId: string): Promise<Answer<string | null>> =>
    andThen(call<PaymentBody>({ method: "GET", path: path`/v1/cpn/payments/${paymentId}` }), async (payment) => {
      const waiting = payment.onChainTransactions.findLast(({ status }) => status === "BROADCASTED")
      if (waiting === undefined) return answered(null)
      const found = await get(paymentId, waiting.id)
      if (found.ok) return answered(found.value.signedTransaction ?? null)
      return found.error._tag === "Refused" && found.error.status === 404 ? answered(null) : found
    })

  return {
    create,
    get,
    submit,
    fund: (paymentId, options) =>
      andThen(create(paymentId, options), (transaction) => signAndSubmit(transaction, options.signer, null)),
    accelerate: (paymentId, { idempotencyKey, signer }) =>
      andThen(overtaken(paymentId), (overtakes) =>
        andThen(
          call<OnchainTransactionBody>({
            method: "POST",
            path: path`/v1/cpn/payments/${paymentId}/transactions/accelerate`,
            body: { idempotencyKey }
          }),
          (transaction) => signAndSubmit(transaction, signer, overtakes)
        )
      )
  }
}
