import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type Card, noCard } from "../card/index.ts"
import { type Currency, currencyTable, money, parse } from "../money/index.ts"
import { noPayment, type Payment, type VerificationMethod } from "../payment/index.ts"
import { sandboxRisk } from "./sandbox-risk.ts"

const risk = sandboxRisk()

const cardOf = (name: string): Card => ({ ...noCard, billingDetails: { ...noCard.billingDetails, name } })

const paymentOf = (
  amount: string,
  verificationMethod: VerificationMethod = "none",
  currency: Currency = "USD"
): Payment => ({ ...noPayment, amount: Result.getOrThrow(parse(amount, currency)), verificationMethod })

const onCard = (name: string) => Effect.runPromise(risk.assessCard(cardOf(name), 0))

const onPayment = (name: string, payment: Payment) => Effect.runPromise(risk.assessPayment(payment, cardOf(name), 0))

const approved = { decision: "approved", reason: "" }

describe("the simulator's risk decisions", () => {
  it.each(["3000", "3001", "3105", "3320", "3999"])(
    "deny a card in the name Risk_%s, and its payments",
    async (reason) => {
      expect(await onCard(`Risk_${reason}`)).toEqual({ decision: "denied", reason })
      for (const method of ["none", "three_d_secure"] as const) {
        const denied = { decision: "denied", reason }
        expect(await onPayment(`Risk_${reason}`, paymentOf("10.00", method))).toEqual(denied)
      }
    }
  )

  it.each(["Ada Lovelace", "", "Risk_", "Risk_2000", "Risk_30000", "risk_3000", "Risk_3000 ", "Mr Risk_3000"])(
    "approve a card in the name %j",
    async (name) => {
      expect(await onCard(name)).toEqual(approved)
      expect(await onPayment(name, paymentOf("10.00"))).toEqual(approved)
    }
  )

  it("accept a card in the name Risk_3350, whose payments need 3-D Secure", async () => {
    expect(await onCard("Risk_3350")).toEqual(approved)
    for (const method of ["none", "cvv"] as const) {
      expect(await onPayment("Risk_3350", paymentOf("10.00", method))).toEqual({ decision: "denied", reason: "3350" })
    }
    expect(await onPayment("Risk_3350", paymentOf("10.00", "three_d_secure"))).toEqual(approved)
  })

  it("deny a payment of 5.43 in any currency of two decimals", async () => {
    const denied = { decision: "denied", reason: "3000" }
    expect(await onPayment("Ada Lovelace", paymentOf("5.43"))).toEqual(denied)
    expect(await onPayment("Ada Lovelace", paymentOf("5.43", "none", "EUR"))).toEqual(denied)
    expect(await onPayment("Risk_3350", paymentOf("5.43", "three_d_secure"))).toEqual(denied)
    expect(await onPayment("Ada Lovelace", paymentOf("543", "none", "JPY"))).toEqual(approved)
    expect(await onPayment("Ada Lovelace", paymentOf("5.44"))).toEqual(approved)
  })

  it("know a currency of the host's own by the host's own table", async () => {
    const currencies = currencyTable([{ code: "POINTS", exponent: 2 }])
    const points: Payment = { ...noPayment, amount: money(543n, "POINTS" as Currency) }
    const assessed = sandboxRisk({ currencies }).assessPayment(points, cardOf("Ada Lovelace"), 0)
    expect(await Effect.runPromise(assessed)).toEqual({ decision: "denied", reason: "3000" })
  })
})
