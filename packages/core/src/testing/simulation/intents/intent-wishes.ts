/** What merchants ask for to be paid on chains, and to give back what came. */
import { addr } from "micro-eth-signer"
import type { CreateIntentInput, RefundIntentInput } from "../../../application/intents/intent-contract.ts"
import type { Deposit } from "../../../deposit/deposit.ts"
import type { Intent } from "../../../intent/intent.ts"
import { type Currency, money } from "../../../money/index.ts"
import type { PullToken, TransferAuthorization } from "../../../ports/blockchain.ts"
import { addressOf } from "../../../simulator/chain/chain-address.ts"
import { chainRow } from "../../../simulator/chain/chain-list.ts"
import { signTransfer } from "../../funding/test-wallet.ts"
import type { Dice } from "../dice.ts"
import { type Made, merchantId } from "../shop.ts"
import { makeTrace } from "../trace.ts"
import type { IntentEntry } from "./intent-book.ts"

type Asset = Pick<CreateIntentInput, "currency" | "settlementCurrency" | "chains"> & { readonly unit: bigint }

/** What is asked for in which asset, on which chains: of one block, of a few, and with tags. */
const assets: readonly [Asset, ...ReadonlyArray<Asset>] = [
  { currency: "USDC", settlementCurrency: "USDC", unit: 1_000_000n, chains: ["SOL"] },
  { currency: "USDC", settlementCurrency: "USDC", unit: 1_000_000n, chains: ["ETH"] },
  { currency: "USDC", settlementCurrency: "USDC", unit: 1_000_000n, chains: ["ETH", "XLM"] },
  { currency: "EURC", settlementCurrency: "USDC", unit: 1_000_000n, chains: ["BASE"] },
  { currency: "EURC", settlementCurrency: "EURC", unit: 1_000_000n, chains: ["XLM"] },
  { currency: "BTC", settlementCurrency: "USDC", unit: 1000n, chains: ["BTC"] }
]

export const createWish = (dice: Dice): Made => {
  const { currency, settlementCurrency, unit, chains } = dice.pick(assets)
  const kind = dice.chance(0.3) ? "continuous" : "transient"
  const units = dice.pick([1n, 10n, 10n, 250n])
  const asking = (minor: bigint): Pick<Made, "what" | "ask"> => ({
    what: `be paid ${kind === "transient" ? minor : "anything"} ${currency} on ${chains.join()}`,
    ask: ({ intents }, request) => {
      const amount = kind === "transient" ? money(minor, currency) : null
      const input: CreateIntentInput = {
        ...{ kind, amount, currency, settlementCurrency, chains, walletId: null, expiresAtMs: null }
      }
      const described = request<Intent>(["intent", kind, minor.toString(), currency, ...chains], ({ id, status }) => ({
        ...{ id, status, parent: id }
      }))
      return intents.create(merchantId, input, described)
    }
  })
  const first = asking(units * unit)
  return { ...first, about: "intent", changed: kind === "transient" ? asking(units * unit + 1n) : null }
}

/** Nobody can send so much, whatever there is. */
const beyondMeans: { readonly [currency: string]: bigint } = {
  USDC: 5_070_000n,
  EURC: 5_070_000n,
  BTC: 507_000_000n
}

/** Some of it, all of it, more than there is, and what the chain will not send. */
export const refundWish = (dice: Dice, { id, state, places, paid, refunded, refunding }: IntentEntry): Made => {
  const left = paid - refunded - refunding
  const currency = state.currency as Currency
  const chain = dice.any(places)?.chain ?? "ETH"
  const refused = beyondMeans[currency] ?? 1n
  const amount = left >= refused && dice.chance(0.4) ? refused : dice.pick([1n, left / 2n + 1n, left, left, left + 1n])
  const input = (minor: bigint): RefundIntentInput => ({
    ...{ destination: somebodyOn(chain), amount: money(minor, currency) },
    sourceCurrency: dice.chance(0.5) ? currency : (state.settlementCurrency as Currency)
  })
  const asking = (given: RefundIntentInput): Pick<Made, "what" | "ask"> => ({
    what: `give back ${given.amount.amount} ${currency} of ${id}`,
    ask: ({ intents }, request) =>
      intents.refund(
        merchantId,
        id,
        given,
        request(["refund intent", id, given.amount.amount.toString()], ({ refund, intent }) => ({
          ...{ id: refund.id, parent: intent.id, status: intent.status }
        }))
      )
  })
  return { ...asking(input(amount)), about: "intent", changed: asking(input(amount + 1n)) }
}

const somebodyOn = (chain: string): RefundIntentInput["destination"] => {
  const row = chainRow(chain)
  if (row === undefined) throw new Error("a chain that nobody knows")
  return addressOf("somebody", row, "somebody", "testnet")
}

/** A payer signs, and the merchant hands it in, as often as it takes. */
export const pullWish = (token: PullToken, chain: string, { id }: IntentEntry, to: string, value: bigint): Made => {
  let signed: TransferAuthorization | null = null
  return {
    what: `pull ${value} ${token.currency} for ${id}`,
    about: "deposit",
    changed: null,
    ask: ({ intents }, request) => {
      const described = request<Deposit>(["pull", id], (deposit) => ({
        ...{ id: deposit.id, parent: deposit.id, status: deposit.status }
      }))
      signed ??= signTransfer(payerKey, token, {
        ...{ from: payerAddress, to, value, nonce: nonceOf(described.key) },
        ...{ validAfter: 0n, validBefore: 1n << 40n }
      })
      return intents.pull(merchantId, id, { chain, currency: token.currency, authorization: signed }, described)
    }
  }
}

const payerKey = "11".repeat(32)
const payerAddress = addr.fromPrivateKey(payerKey)

/** 32 bytes that no other request has. */
const nonceOf = (key: string): string => {
  const words = ["a", "b", "c", "d"].map((part) => {
    const trace = makeTrace()
    trace.note(key, part)
    return trace.hash()
  })
  return `0x${words.join("")}`
}
