/** The routes of the API definition, as the front asks for them. */
import { type Route, type RouteTable, routeTable } from "../front/route-table.ts"
import { subscriptionGroups } from "../notifications/subscriptions-api.ts"
import { Api } from "./api.ts"
import { BearerKey } from "./api-parts.ts"

export const documentPath = "/openapi.json"
export const docsPath = "/docs"

const aboutWebhooks: ReadonlySet<string> = new Set(subscriptionGroups.map(({ identifier }) => identifier))

const defined: ReadonlyArray<Route> = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints).map((endpoint) => ({
    method: endpoint.method,
    path: endpoint.path,
    takesKey: endpoint.middlewares.has(BearerKey),
    takesBody: endpoint.payload.has("application/json"),
    ...(aboutWebhooks.has(group.identifier) ? { rateClass: "webhooks" as const } : {})
  }))
)

const pages: ReadonlyArray<Route> = [documentPath, docsPath].map((path) => ({
  method: "GET",
  path,
  takesKey: false,
  takesBody: false
}))

export const routes: RouteTable<Route> = routeTable([...defined, ...pages])
