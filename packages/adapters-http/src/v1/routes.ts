/** The routes of the API definition, as the front asks for them. */
import { type Route, type RouteTable, routeTable } from "../front/route-table.ts"
import { Api, BearerKey } from "./api.ts"

export const documentPath = "/openapi.json"
export const docsPath = "/docs"

const defined: ReadonlyArray<Route> = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints).map((endpoint) => ({
    method: endpoint.method,
    path: endpoint.path,
    takesKey: endpoint.middlewares.has(BearerKey),
    takesBody: endpoint.payload.size > 0
  }))
)

const pages: ReadonlyArray<Route> = [documentPath, docsPath].map((path) => ({
  method: "GET",
  path,
  takesKey: false,
  takesBody: false
}))

export const routes: RouteTable<Route> = routeTable([...defined, ...pages])
