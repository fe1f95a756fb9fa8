/**
 * The server is killed with SIGKILL while a payment abroad is under way, the simulated network and its chains with it. Both
 * come back as they were: nothing that was asked, signed or paid is lost, and nothing happens twice. Quick runs kill it
 * once, when everything has been written that there is to write.
 */
import { randomUUID } from "node:crypto"
import {
  type Answer,
  crossBorderClient,
  faultyFields,
  type PaymentBody,
  type Signer
} from "@paykernel/adapters-http/cross-border-client"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import { afterEach, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { openSite, type Site } from "./engine.ts"
import { freePort, type ServerProcess } from "./server-process.ts"

const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
const apiKey = "SAND_API_KEY:cross-border:kill"
let server: ServerProcess | undefined
let site: Site | undefined

afterEach(async () => {
  await server?.stop("SIGKILL")
  await site?.remove()
})

const told = <A>(answer: Answer<A>): A => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value
}

const address = { street: "1 Main Street", city: "Springfield", country: "US" }

it("a payment abroad goes on where it was, whenever its server is killed", async () => {
  const home = await openSite("sqlite")
  site = home
  const environment = { PORT: String(await freePort()), PAYKERNEL_API_KEY: apiKey }
  const start = async (): Promise<string> => {
    server = await home.start(environment)
    return server.address
  }
  const baseUrl = await start()
  const killed = async (): Promise<void> => {
    await server?.stop("SIGKILL")
    await start()
  }
  const client = crossBorderClient({ baseUrl, apiKey })
  const api = merchantClient(() => baseUrl, apiKey)
  const wallet = privateKeyToAccount(generatePrivateKey())
  const signer: Signer = ({ transaction }) =>
    wallet.signTypedData(transaction.messageToBeSigned as Parameters<typeof wallet.signTypedData>[0])

  const [quote] = told(
    await client.quotes.create({
      senderCountry: "US",
      sourceAmount: { amount: "25.000000", currency: "USDC" },
      destinationCountry: "MX",
      destinationAmount: { currency: "MXN" },
      blockchain: "ETH-SEPOLIA",
      senderType: "INDIVIDUAL",
      recipientType: "INDIVIDUAL",
      transactionVersion: "VERSION_2"
    })
  )
  if (quote === undefined) throw new Error("nothing was offered")

  const travelRule = {
    ORIGINATOR_FINANCIAL_INSTITUTION_NAME: "First Example Bank",
    ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS: address,
    ORIGINATOR_NAME: "CreateRfi",
    ORIGINATOR_ACCOUNT_NUMBER: "000123456789",
    ORIGINATOR_ADDRESS: address,
    ORIGINATOR_DATE_OF_BIRTH: "1980-02-29",
    ORIGINATOR_NATIONALITY: "US",
    BENEFICIARY_NAME: "Jo Example",
    BENEFICIARY_ADDRESS: address
  }
  const created = told(
    await client.payments.create({
      idempotencyKey: randomUUID(),
      quote,
      travelRule,
      beneficiaryAccount: { CLABE: "646180157000000004" },
      senderAddress: wallet.address,
      refundAddress: wallet.address,
      reasonForPayment: "PMT022",
      customerRefId: "customer-1"
    })
  )
  if (isDeep) await killed()

  /** The payment, as time passes. */
  const once = async (isThere: (now: PaymentBody) => boolean): Promise<PaymentBody> => {
    for (let look = 0; look < 20; look++) {
      const now = told(await client.payments.get(created.id))
      if (isThere(now)) return now
      await advanceClock(api, 3)
    }
    throw new Error("the payment does not go on")
  }
  const { activeRfi: rfi } = await once(({ activeRfi }) => activeRfi !== undefined)
  if (rfi === undefined) throw new Error("nothing was asked")
  const known = { ADDRESS: address, DATE_OF_BIRTH: "1980-02-29", NAME: "Jo Example" }
  const missing = faultyFields(rfi.fieldRequirements, known)
  const fields = { ...Object.fromEntries(missing.map((name) => [name, `Some ${name}`])), ...known }
  told(await client.rfis.answer(rfi, { fields, documents: [] }))
  if (isDeep) await killed()

  await once(({ status }) => status === "CRYPTO_FUNDS_PENDING")
  const options = { idempotencyKey: randomUUID(), version: "VERSION_2", signer } as const
  const transaction = told(await client.transactions.fund(created.id, options))
  await killed()
  expect(told(await client.transactions.fund(created.id, options)).id).toBe(transaction.id)

  expect(await once(({ status }) => status === "COMPLETED")).toMatchObject({
    rfis: [{ id: rfi.id, status: "APPROVED" }],
    onChainTransactions: [{ id: transaction.id, status: "COMPLETED" }],
    refunds: []
  })
})
