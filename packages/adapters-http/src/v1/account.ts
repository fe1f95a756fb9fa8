/** The operations on what belongs to the merchant as a whole, and those that need no key. */
import * as Effect from "effect/Effect"
import { json } from "../front/answer.ts"
import * as Return from "../front/challenge-return.ts"
import type { Incoming } from "../front/front.ts"
import { linkHeader, type PageQuery, pageRequest } from "./list-page.ts"
import { addressOf, answerData, ask, merchantIdOf, merchantOf, readId, type Services } from "./operation.ts"
import { notFound, refuse, unavailable } from "./published-error.ts"
import { renderBalances, renderSettlement } from "./render-account.ts"

export const ping = Effect.fnUntraced(function* () {
  return yield* Effect.succeed(json(200, { message: "pong" }))
})

export const getAccountConfig = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const { walletId } = yield* merchantOf(services, incoming)
  return answerData({ payments: { masterWalletId: walletId } })
})

export const listChannels = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const { channels } = yield* merchantOf(services, incoming)
  return answerData(channels)
})

export const getPublicKey = Effect.fnUntraced(function* ({ cardDoor }: Services) {
  const { keyId, publicKeyBase64 } = cardDoor
  return yield* Effect.succeed(answerData({ keyId, publicKey: publicKeyBase64 }))
})

export const listBalances = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming) {
  return answerData(renderBalances(yield* ask(() => kernel.balances(merchantIdOf(incoming)), "read")))
})

export const listSettlements = Effect.fnUntraced(function* (services: Services, incoming: Incoming, query: PageQuery) {
  const request = yield* pageRequest(query, services.nowMs())
  const listed = { ...request, where: {} }
  const page = yield* ask(() => services.kernel.settlements.list(merchantIdOf(incoming), listed), "read")
  const link = linkHeader(addressOf(services, incoming), query, request, page)
  return answerData(page.items.map(renderSettlement), { link })
})

export const getSettlement = Effect.fnUntraced(function* (
  { kernel }: Services,
  incoming: Incoming,
  settlementId: string
) {
  const id = yield* readId(settlementId, notFound)
  return answerData(renderSettlement(yield* ask(() => kernel.settlements.get(merchantIdOf(incoming), id), "read")))
})

export const returnFromChallenge = Effect.fnUntraced(function* ({ kernel }: Services, state: string) {
  const answer = yield* Effect.promise(() => Return.returnFromChallenge(kernel, state))
  return typeof answer === "number" ? refuse(unavailable(answer)) : answer
})
