/** The controls of the sandbox's blockchains: payers who send, miners who reorganise, and nodes that misbehave. */
import { Money as MoneyRoom } from "@paykernel/core/domain"
import {
  type ChainPayment,
  chainModes,
  type PayRejection,
  type ReorgRejection,
  type ReorgRequest,
  type SimulatedBlockchain
} from "@paykernel/core/simulator"
import * as Result from "effect/Result"
import { invalid, json, refusal } from "./sandbox-answers.ts"

export type ChainControls = { readonly chains: SimulatedBlockchain }

type Body = { readonly [field: string]: unknown }

type Control = {
  readonly method: "GET" | "POST"
  readonly answer: (controls: ChainControls, body: Body) => Promise<Response>
}

const deposit: Control["answer"] = async ({ chains }, body) => {
  const { chain } = body
  if (typeof chain !== "string") return invalid("chain", "must be the code of a chain")
  const payment = paymentIn(body)
  if (payment instanceof Response) return payment
  const paid = await chains.pay({ chain, payments: [payment] })
  return Result.isSuccess(paid) ? json(201, { data: paid.success }) : refusePayment(paid.failure)
}

const fates = ["kept", "moved", "dropped", "replaced"] as const
type Fate = (typeof fates)[number]

const reorganise: Control["answer"] = async ({ chains }, body) => {
  const { chain, depth = 1, transactionHash, fate = "moved", returnsAfterSeconds = null } = body
  if (typeof chain !== "string") return invalid("chain", "must be the code of a chain")
  if (typeof depth !== "number") return invalid("depth", "must be a whole number")
  if (transactionHash !== undefined && typeof transactionHash !== "string") {
    return invalid("transactionHash", "must be the hash of a transaction")
  }
  if (returnsAfterSeconds !== null && !(typeof returnsAfterSeconds === "number" && returnsAfterSeconds >= 0)) {
    return invalid("returnsAfterSeconds", "must be a number of at least 0")
  }
  const known = fates.find((one) => one === fate)
  if (known === undefined) return invalid("fate", `must be one of ${fates.join(", ")}`)
  const wanted = fateOf(known, returnsAfterSeconds, body)
  if (wanted instanceof Response) return wanted
  const named = transactionHash === undefined ? {} : { transactionHash }
  const done = await chains.reorganise({ chain, depth, ...named, fate: wanted })
  return Result.isSuccess(done) ? json(200, { data: done.success }) : refuseReorg(done.failure)
}

const fateOf = (fate: Fate, returnsAfterS: number | null, body: Body): ReorgRequest["fate"] | Response => {
  if (fate === "kept" || fate === "moved") return { fate }
  if (fate === "dropped") {
    return { fate, returnsAfterMs: returnsAfterS === null ? null : Math.round(returnsAfterS * 1000) }
  }
  const payment = paymentIn(body)
  return payment instanceof Response ? payment : { fate, payments: [payment] }
}

const showTransactions: Control["answer"] = async ({ chains }) => json(200, { data: chains.transactions() })

const setMode: Control["answer"] = async ({ chains }, { mode, rate = 1 }) => {
  if (typeof mode !== "string") return invalid("mode", modesHint)
  if (typeof rate !== "number") return invalid("rate", rateHint)
  const set = chains.setMode(mode, rate)
  if (Result.isSuccess(set)) return json(200, { data: set.success })
  return set.failure._tag === "ModeUnknown" ? invalid("mode", modesHint) : invalid("rate", rateHint)
}

const modesHint = `must be one of ${chainModes.join(", ")}`
const rateHint = "must be a number from 0 to 1"

/** By path. */
export const chainControls: { readonly [path: string]: Control } = {
  "/sandbox/chain/deposit": { method: "POST", answer: deposit },
  "/sandbox/chain/reorg": { method: "POST", answer: reorganise },
  "/sandbox/chain/transactions": { method: "GET", answer: showTransactions },
  "/sandbox/chain/mode": { method: "POST", answer: setMode }
}

/** What the API calls dollars and euros moves as stablecoins; either name is understood here. */
const pegged: { readonly [currency: string]: string } = { USD: "USDC", EUR: "EURC" }

const paymentIn = ({ address, addressTag = null, amount, currency }: Body): ChainPayment | Response => {
  if (typeof address !== "string") return invalid("address", "must be an address")
  if (addressTag !== null && typeof addressTag !== "string") return invalid("addressTag", "must be a text")
  if (typeof currency !== "string") return invalid("currency", "must be the code of a currency")
  if (typeof amount !== "string") return invalid("amount", "must be a decimal text")
  const asset = (Object.hasOwn(pegged, currency) ? pegged[currency] : undefined) ?? currency
  const read = MoneyRoom.isCurrency(asset) ? MoneyRoom.parse(amount, asset) : undefined
  if (read === undefined) return invalid("currency", "must be the code of a currency")
  return Result.isSuccess(read)
    ? { address, addressTag, amount: read.success }
    : invalid("amount", "must be a decimal text, no finer than the currency")
}

const refusePayment = (rejection: PayRejection): Response => {
  switch (rejection._tag) {
    case "AddressNotUsable":
      return rejection.problem === "chain_unknown"
        ? invalid("chain", "must be the code of a chain")
        : invalid("address", `is not usable on the chain: ${rejection.problem}`)
    case "AddressNotOurs":
      return refusal(404, 404, "Nobody waits for money at this address.")
    case "AssetNotOnChain":
      return invalid("currency", `must be one that the chain carries: ${rejection.assets.join(", ")}`)
    case "AmountNotPositive":
      return invalid("amount", "must be greater than 0")
    case "OutputsOutOfRange":
      return invalid("amount", `must be at most ${rejection.maximum}`)
  }
}

const refuseReorg = (rejection: ReorgRejection): Response => {
  switch (rejection._tag) {
    case "ChainUnknown":
      return invalid("chain", "must be the code of a chain")
    case "ReorgTooDeep":
      return invalid("depth", `must be a whole number from 0 to ${rejection.maximum}: what is deeper is final`)
    case "TransactionNotThere":
      return refusal(404, 404, "The transaction is neither waiting nor in the blocks that are replaced.")
    case "TransactionIsOurs":
      return invalid("transactionHash", "must be a payer's: a refund is sent again whatever happens")
    case "TransactionNotNamed":
      return invalid("transactionHash", "may not be null (was null)")
    default:
      return refusePayment(rejection)
  }
}
