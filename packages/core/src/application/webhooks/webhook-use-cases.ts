/** Webhooks as a host calls them. A kernel without a sender shows what there is, and changes nothing. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Run } from "../run-outcome.ts"
import {
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  replayAll,
  replayDelivery
} from "./look-at-deliveries.ts"
import {
  changeEndpoint,
  confirmEndpoint,
  createEndpoint,
  removeEndpoint,
  rotateSecret,
  testEndpoint
} from "./manage-endpoints.ts"
import type { News } from "./news.ts"
import type { Webhooks } from "./webhook-contract.ts"

export const webhookUseCases = (run: Run, news: News | null): Webhooks => ({
  endpoints: {
    create: async (merchantId, input, request) =>
      news === null ? notConfigured : run(createEndpoint(news, merchantId, input, request)),
    get: (merchantId, id) => run(findEndpoint(merchantId, id)),
    list: (merchantId, request) => run(Effect.map(listEndpoints(merchantId, request), Result.succeed)),
    change: async (merchantId, id, input) =>
      news === null ? notConfigured : run(changeEndpoint(news, merchantId, id, input)),
    rotateSecret: async (merchantId, id, input) =>
      news === null ? notConfigured : run(rotateSecret(merchantId, id, input)),
    confirm: async (merchantId, id, token) =>
      news === null ? notConfigured : run(confirmEndpoint(news, merchantId, id, token)),
    test: async (merchantId, id) => (news === null ? notConfigured : run(testEndpoint(news, merchantId, id))),
    remove: async (merchantId, id) => (news === null ? notConfigured : run(removeEndpoint(news, merchantId, id)))
  },
  deliveries: {
    get: (merchantId, id) => run(findDelivery(merchantId, id)),
    list: (merchantId, request) => run(Effect.map(listDeliveries(merchantId, request), Result.succeed)),
    replay: async (merchantId, id) => (news === null ? notConfigured : run(replayDelivery(news, merchantId, id))),
    replayAll: async (merchantId, endpointId, range) =>
      news === null ? notConfigured : run(replayAll(news, merchantId, endpointId, range))
  }
})

const notConfigured = { ok: false, error: { _tag: "WebhooksNotConfigured" } } as const
