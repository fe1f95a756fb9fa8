/** The originating institution of the story: the API's client, a wallet, and the controls of the sandbox around them. */
import { randomUUID } from "node:crypto"
import {
  type Answer,
  type CrossBorderClient,
  crossBorderClient,
  type PaymentBody,
  type QuoteBody,
  type RfiBody
} from "@paykernel/adapters-http/cross-border-client"
import { beneficiaryAccount, travelRuleOf } from "./parties.ts"
import { openWallet, type Wallet } from "./wallet.ts"

export type Version = "VERSION_1" | "VERSION_2"

export type Institution = {
  readonly client: CrossBorderClient
  readonly wallet: Wallet
  /** The best offer for a hundred dollars to Mexico. */
  readonly quote: (version?: Version) => Promise<QuoteBody>
  /** A payment of such an offer, by an originator of this name. */
  readonly pay: (originatorName: string, version?: Version) => Promise<PaymentBody>
  /** Hands over what is owed on chain. */
  readonly fund: (payment: PaymentBody, version?: Version) => Promise<void>
  /** Lets time pass in the sandbox, until a payment is as it should be. */
  readonly until: (payment: PaymentBody, isThere: (now: PaymentBody) => boolean) => Promise<PaymentBody>
  readonly advance: (seconds: number) => Promise<void>
  /** Has the network ask about the sender. */
  readonly raiseRfi: (payment: PaymentBody, level: 1 | 2 | 3) => Promise<RfiBody>
}

/** What an answer holds. Anything else ends the story. */
export const told = <A>(answer: Answer<A>): A => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value
}

export const openInstitution = (address: string, apiKey: string): Institution => {
  const client = crossBorderClient({ baseUrl: address, apiKey })
  const control = sandboxControl(address, apiKey)

  /** A node of one's own would say it; the sandbox's chain is known to its controls alone. */
  const nonceOf = async (sender: string): Promise<number> => {
    const query = new URLSearchParams({ blockchain, address: sender })
    return Number((await control("GET", `/sandbox/payout/account?${query}`))["nonce"])
  }
  const wallet = openWallet(nonceOf)

  const quote = async (transactionVersion: Version = "VERSION_1"): Promise<QuoteBody> => {
    const [best] = told(await client.quotes.create({ ...hundredDollarsToMexico, transactionVersion }))
    if (best === undefined) throw new Error("nothing was offered")
    return best
  }

  const advance: Institution["advance"] = async (seconds) => {
    await control("POST", "/sandbox/clock/advance", { seconds })
  }

  return {
    client,
    wallet,
    quote,
    advance,
    pay: async (originatorName, version) =>
      told(
        await client.payments.create({
          idempotencyKey: randomUUID(),
          quote: await quote(version),
          travelRule: travelRuleOf(originatorName),
          beneficiaryAccount,
          senderAddress: wallet.address,
          refundAddress: wallet.address,
          reasonForPayment: "PMT001",
          customerRefId: "example-works"
        })
      ),
    fund: async ({ id }, version = "VERSION_1") => {
      told(await client.transactions.fund(id, { idempotencyKey: randomUUID(), version, signer: wallet.sign }))
    },
    until: async ({ id }, isThere) => {
      for (let look = 0; look < 20; look++) {
        const payment = told(await client.payments.get(id))
        if (isThere(payment)) return payment
        await advance(2.5)
      }
      throw new Error(`payment ${id} does not come to what was expected`)
    },
    raiseRfi: async ({ id }, level) => {
      await control("POST", "/sandbox/payout/rfi", { paymentId: id, level })
      const { activeRfi } = told(await client.payments.get(id))
      if (activeRfi === undefined) throw new Error("nothing was asked")
      return activeRfi
    }
  }
}

const blockchain = "ETH-SEPOLIA"

const hundredDollarsToMexico = {
  paymentMethodType: "SPEI",
  senderCountry: "US",
  sourceAmount: { amount: "100.000000", currency: "USDC" },
  destinationCountry: "MX",
  destinationAmount: { currency: "MXN" },
  blockchain,
  senderType: "BUSINESS",
  recipientType: "BUSINESS"
} as const

type Json = { readonly [name: string]: unknown }

const sandboxControl =
  (address: string, apiKey: string) =>
  async (method: "GET" | "POST", path: string, body?: Json): Promise<Json> => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const { data }: { readonly data?: Json } = response.ok ? await response.json() : {}
    if (data === undefined) throw new Error(`${method} ${path} was answered with ${response.status}`)
    return data
  }
