/**
 * The controls of the sandbox's payout network: questions that come of themselves, institutions that are closed,
 * wallets as a node of their chain knows them, and a network that misbehaves.
 */
import type { Kernel } from "@paykernel/core"
import { networkModes } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SandboxPayoutNetwork } from "./payout-network.ts"
import { invalid, json, refusal } from "./sandbox-answers.ts"

export type PayoutControls = { readonly kernel: Kernel; readonly payout: SandboxPayoutNetwork }

type Body = { readonly [field: string]: unknown }

type Control = {
  readonly method: "GET" | "POST"
  readonly answer: (controls: PayoutControls, body: Body, merchantId: string) => Promise<Response>
}

const levels = [1, 2, 3] as const

/** A question about one of the caller's own payments. It is heard of at once. */
const raiseRfi: Control["answer"] = async ({ kernel, payout }, { paymentId, level = 1 }, merchantId) => {
  if (typeof paymentId !== "string") return invalid("paymentId", "must be the id of a payment")
  const known = levels.find((one) => one === level)
  if (known === undefined) return invalid("level", `must be one of ${levels.join(", ")}`)
  const { payments } = kernel.crossBorder
  const id = paymentId.toLowerCase()
  const found = await payments.get(merchantId, id)
  if (!found.ok) return notFound()
  const standing = await Effect.runPromise(payout.raiseRfi(id, known))
  if (standing === undefined) return notFound()
  await payments.hear(merchantId, id)
  return json(201, { data: { paymentId: id, level: `LEVEL_${known}` } })
}

const notFound = (): Response => refusal(404, 404, "The payment could not be found.")

const setInstitution: Control["answer"] = async ({ payout }, { destinationCountry, open }) => {
  if (typeof destinationCountry !== "string" || !/^[A-Z]{2}$/u.test(destinationCountry)) {
    return invalid("destinationCountry", "must be the code of a country")
  }
  if (typeof open !== "boolean") return invalid("open", "must be true or false")
  payout.setOpen(destinationCountry, open)
  return json(200, { data: { destinationCountry, open } })
}

const showAccount: Control["answer"] = async ({ payout }, { blockchain, address }) => {
  const account =
    typeof blockchain === "string" && typeof address === "string" ? payout.account(blockchain, address) : undefined
  return account === undefined
    ? invalid("address", "must be an address of the blockchain")
    : json(200, { data: account })
}

/** Amounts are in the smallest units, as a node tells them. */
const setWallet: Control["answer"] = async ({ payout }, body) => {
  const { blockchain, address } = body
  const now =
    typeof blockchain === "string" && typeof address === "string" ? payout.account(blockchain, address) : undefined
  if (now === undefined) return invalid("address", "must be an address of the blockchain")
  const { exists = now.exists, tokens = now.tokens, coins = now.coins, allowance = now.allowance } = body
  if (typeof exists !== "boolean") return invalid("exists", "must be true or false")
  if (!isUnits(tokens)) return invalid("tokens", unitsHint)
  if (!isUnits(coins)) return invalid("coins", unitsHint)
  if (!isUnits(allowance)) return invalid("allowance", unitsHint)
  await payout.setAccount({ blockchain: now.blockchain, address: now.address, exists, tokens, coins, allowance })
  return json(200, { data: payout.account(now.blockchain, now.address) })
}

const isUnits = (value: unknown): value is string =>
  typeof value === "string" && /^(?:0|[1-9][0-9]{0,37})$/u.test(value)

const unitsHint = "must be a whole number as a text"

const setMode: Control["answer"] = async ({ payout }, { mode, rate = 1 }) => {
  if (typeof mode !== "string") return invalid("mode", modesHint)
  if (typeof rate !== "number") return invalid("rate", rateHint)
  const set = payout.setMode(mode, rate)
  if (Result.isSuccess(set)) return json(200, { data: set.success })
  return set.failure._tag === "ModeUnknown" ? invalid("mode", modesHint) : invalid("rate", rateHint)
}

const modesHint = `must be one of ${networkModes.join(", ")}`
const rateHint = "must be a number from 0 to 1"

/** By path. */
export const payoutControls: { readonly [path: string]: Control } = {
  "/sandbox/payout/rfi": { method: "POST", answer: raiseRfi },
  "/sandbox/payout/institution": { method: "POST", answer: setInstitution },
  "/sandbox/payout/account": { method: "GET", answer: showAccount },
  "/sandbox/payout/wallet": { method: "POST", answer: setWallet },
  "/sandbox/payout/mode": { method: "POST", answer: setMode }
}
