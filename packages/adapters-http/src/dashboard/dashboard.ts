/**
 * The merchant dashboard for a host: a function from `Request` to `Response`. Pages are made here whole, work without
 * any script, and show the merchant of whoever is signed in, and nobody else's.
 */
import type { Kernel } from "@paykernel/core"
import type { Money } from "@paykernel/core/domain"
import type { Context } from "hono"
import { Hono } from "hono/tiny"
import type { MerchantApiKeys } from "../auth/index.ts"
import { turnstile } from "../turnstile.ts"
import { type Accounts, passwordCost as usualCost } from "./door/accounts.ts"
import { doorkeeper } from "./door/doorkeeper.ts"
import { memorySessions, type Sessions } from "./door/sessions.ts"
import { entrance } from "./entrance.ts"
import { routes } from "./pages/index.ts"
import { reception } from "./reception.ts"
import { type DashboardSite, dashboardSite } from "./site.ts"
import { responder } from "./view/responder.ts"
import { styleName, styleSheet } from "./view/style.ts"
import type { Desk, Route, WebhookWords } from "./visit.ts"

export type DashboardOptions = {
  readonly kernel: Kernel
  readonly accounts: Accounts
  readonly apiKeys: MerchantApiKeys
  /**
   * Where merchants find it, such as `https://pay.example/dashboard`: over https, or over http of this machine, where
   * the cookie is less guarded.
   */
  readonly publicUrl: string
  /** Lets `publicUrl` be http of any machine. Whoever can listen in can sign in then. */
  readonly allowHttp?: boolean
  /** The kernel's own clock. */
  readonly nowMs: () => number
  /** Default: in the memory of this process, so that a restart signs everybody out. */
  readonly sessions?: Sessions
  /** Of the passwords on record, bcrypt's. Default 12. */
  readonly passwordCost?: number
  /** How long a session lasts unused. Default 30 minutes. */
  readonly sessionIdleMs?: number
  /** How long a session lasts at all. Default 12 hours. */
  readonly sessionMs?: number
  /** For a kernel that sends them. Default: nothing is shown of webhooks. */
  readonly webhooks?: WebhookWords
  /** The visitor's address, which only the host knows to read behind its proxies. Default: not known. */
  readonly clientAddress?: (request: Request) => string | null
  /** Default: the standard currencies. */
  readonly currencies?: Money.CurrencyTable
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown) => void
}

/**
 * Serves the dashboard. It never rejects.
 *
 * ```ts
 * const serve = dashboard({ kernel, accounts, apiKeys, publicUrl: "https://pay.example/dashboard", nowMs: Date.now })
 * const response = await serve(new Request("https://pay.example/dashboard"))
 * ```
 */
export const dashboard = (options: DashboardOptions): ((request: Request) => Promise<Response>) => {
  const { kernel, accounts, apiKeys, nowMs, currencies } = options
  const site = dashboardSite(options.publicUrl, options.allowHttp ?? false)
  const door = doorkeeper({
    accounts,
    nowMs,
    sessions: options.sessions ?? memorySessions(),
    passwordCost: options.passwordCost ?? usualCost,
    idleMs: options.sessionIdleMs ?? 30 * 60_000,
    sessionMs: options.sessionMs ?? 12 * 3_600_000
  })
  const respond = responder(site)
  const counting = turnstile({ running: 2, waiting: 16 })
  const desk: Desk = { kernel, apiKeys, nowMs, currencies, counting, webhooks: webhooksOf(options) }
  const receive = reception({ site, door, desk, respond })
  const { showSignIn, signIn, signOut } = entrance({ site, door, respond, clientAddress: options.clientAddress })

  const broken = (defect: unknown): Response => {
    options.onDefect?.(defect)
    return respond.broken()
  }
  const app = new Hono({ strict: false }).basePath(site.home)
  app.onError(broken)
  app.get(`/${styleName}`, () => styleResponse(site))
  app.get("/sign-in", ({ req }) => showSignIn(req.raw))
  app.post("/sign-in", ({ req }) => signIn(req.raw))
  app.post("/sign-out", ({ req }) => signOut(req.raw))
  for (const route of routes) app.on(route.method, route.path, ({ req }) => receive(req.raw, route, req.param()))
  for (const [path, methods] of methodsOf([...entrances, ...routes])) {
    app.all(path, () => respond.methodNotAllowed(methods))
  }
  app.notFound(({ req }: Context) => receive(req.raw, nowhere, {}))
  // What is thrown and is no Error, the library hands on.
  return async (request) => {
    try {
      return await app.fetch(request)
    } catch (defect) {
      return broken(defect)
    }
  }
}

const entrances: ReadonlyArray<Pick<Route, "method" | "path">> = [
  { method: "GET", path: "/sign-in" },
  { method: "POST", path: "/sign-in" },
  { method: "POST", path: "/sign-out" }
]

const methodsOf = (all: ReadonlyArray<Pick<Route, "method" | "path">>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const byPath = Map.groupBy(all, ({ path }) => path)
  const allowed = [...byPath].map(([path, list]) => {
    const methods = list.map(({ method }) => method)
    return [path, methods.includes("GET") ? [...methods, "HEAD"] : methods] as const
  })
  return new Map(allowed)
}

const webhooksOf = ({ kernel, webhooks }: DashboardOptions): Desk["webhooks"] =>
  webhooks === undefined ? null : { ...webhooks, api: kernel.webhooks }

const nowhere: Route = { method: "GET", path: "*", handle: async () => ({ _tag: "NotFound" }) }

const styleResponse = ({ origin }: DashboardSite): Response =>
  new Response(styleSheet, {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      ...(origin.startsWith("https:") ? { "strict-transport-security": "max-age=63072000" } : {})
    }
  })
