/** The routes of the API definition, each with the operation that answers it. */
import { type Route, type RouteTable, routeTable } from "../front/route-table.ts"
import { Api, BearerKey } from "./api.ts"
import { confirmDirectPayment, createDirectPayment, getDirectPayment } from "./direct-payments.ts"
import { getHealth, returnPayer, showBankHasAnswered } from "./health.ts"
import { cancelHostedPayment, createHostedPayment, getHostedPayment } from "./hosted-payments.ts"
import type { Operate } from "./operation.ts"

export type ApiRoute = Route & {
  /** Absent: the OpenAPI document. */
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
  ["showBankHasAnswered", showBankHasAnswered]
])

const operationNamed = (name: string): Operate => {
  const operate = operations.get(name)
  if (operate === undefined) throw new Error(`the API defines ${name}, and nothing answers it`)
  return operate
}

const defined: ReadonlyArray<ApiRoute> = Object.values(Api.groups).flatMap((group) =>
  Object.entries(group.endpoints).map(([name, endpoint]) => ({
    method: endpoint.method,
    path: endpoint.path,
    takesKey: endpoint.middlewares.has(BearerKey),
    takesBody: endpoint.payload.size > 0,
    operate: operationNamed(name)
  }))
)

const document: ApiRoute = { method: "GET", path: "/api/openapi.json", takesKey: false, takesBody: false }

export const routes: RouteTable<ApiRoute> = routeTable([...defined, document])

/** What a path names: the value of its one variable segment, as `routes` matched it. */
export const subjectOf = ({ path }: ApiRoute, { pathname }: URL): string => {
  const place = path.split("/").findIndex((segment) => segment.startsWith(":"))
  return place === -1 ? "" : (pathname.split("/")[place] ?? "")
}
