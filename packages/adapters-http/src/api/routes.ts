/** The routes of the API definition, each with the operation that answers it. */
import { type Route, type RouteTable, routeTable } from "../front/route-table.ts"
import * as deliveries from "../notifications/webhook-deliveries.ts"
import * as endpoints from "../notifications/webhook-endpoints.ts"
import { webhookGroups } from "../notifications/webhook-endpoints-api.ts"
import { Api } from "./api.ts"
import { BearerKey } from "./api-parts.ts"
import { confirmDirectPayment, createDirectPayment, getDirectPayment } from "./direct-payments.ts"
import { getHealth, returnPayer, showBankHasAnswered } from "./health.ts"
import { cancelHostedPayment, createHostedPayment, getHostedPayment } from "./hosted-payments.ts"
import type { Operate } from "./operation.ts"

export type ApiRoute = Route & {
  /** Absent: what describes the API. */
  readonly operate?: Operate
}

const operations: ReadonlyMap<string, Operate> = new Map<string, Operate>([
  ["getHealth", getHealth],
  ["createDirectPayment", createDirectPayment],
  ["getDirectPayment", getDirectPayment],
  ["confirmDirectPayment", confirmDirectPayment],
  ["createHostedPayment", createHostedPayment],
  ["getHostedPayment", getHostedPayment],
  ["cancelHostedPayment", cancelHostedPayment],
  ["returnPayer", returnPayer],
  ["returnPayerByForm", returnPayer],
  ["showBankHasAnswered", showBankHasAnswered],
  ["getDefaultEndpoint", endpoints.getEndpoint],
  ["setDefaultEndpoint", endpoints.setDefaultEndpoint],
  ["rotateDefaultSecret", endpoints.rotateSecret],
  ["testDefaultEndpoint", endpoints.testEndpoint],
  ["listDefaultDeliveries", deliveries.listEndpointDeliveries],
  ["replayDefaultDeliveries", deliveries.replayDeliveries],
  ["createEndpoint", endpoints.createEndpoint],
  ["listEndpoints", endpoints.listEndpoints],
  ["getEndpoint", endpoints.getEndpoint],
  ["changeEndpoint", endpoints.changeEndpoint],
  ["removeEndpoint", endpoints.removeEndpoint],
  ["rotateSecret", endpoints.rotateSecret],
  ["testEndpoint", endpoints.testEndpoint],
  ["listEndpointDeliveries", deliveries.listEndpointDeliveries],
  ["replayEndpointDeliveries", deliveries.replayDeliveries],
  ["listDeliveries", deliveries.listDeliveries],
  ["getDelivery", deliveries.getDelivery],
  ["replayDelivery", deliveries.replayDelivery]
])

const operationNamed = (name: string): Operate => {
  const operate = operations.get(name)
  if (operate === undefined) throw new Error(`the API defines ${name}, and nothing answers it`)
  return operate
}

const aboutWebhooks: ReadonlySet<string> = new Set(webhookGroups.map(({ identifier }) => identifier))

const defined: ReadonlyArray<ApiRoute> = Object.values(Api.groups).flatMap((group) =>
  Object.entries(group.endpoints).map(([name, endpoint]) => ({
    method: endpoint.method,
    path: endpoint.path,
    takesKey: endpoint.middlewares.has(BearerKey),
    takesBody: endpoint.payload.size > 0,
    ...(aboutWebhooks.has(group.identifier) ? { rateClass: "webhooks" as const } : {}),
    operate: operationNamed(name)
  }))
)

export const documentPath = "/api/openapi.json"
/** Of messages in the kernel's own words. */
export const messageSchemaPath = "/api/webhooks.schema.json"

const papers: ReadonlyArray<ApiRoute> = [documentPath, messageSchemaPath, "/api/docs"].map((path) => ({
  method: "GET",
  path,
  takesKey: false,
  takesBody: false
}))

export const routes: RouteTable<ApiRoute> = routeTable([...defined, ...papers])

/** What a path names: the value of its one variable segment, as `routes` matched it. */
export const subjectOf = ({ path }: ApiRoute, { pathname }: URL): string => {
  const place = path.split("/").findIndex((segment) => segment.startsWith(":"))
  return place === -1 ? "" : (pathname.split("/")[place] ?? "")
}
