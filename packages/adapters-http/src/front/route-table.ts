/** Which paths exist, and with which methods: asked before anything else is done for a request. */
import type { RateClass } from "./rate-limits.ts"

export type Route = {
  readonly method: string
  /** Segments beginning with a colon stand for any one value, as in `/v1/cards/:id`. */
  readonly path: string
  readonly takesKey: boolean
  readonly takesBody: boolean
  /** What its calls are counted as. Default `payments`. */
  readonly rateClass?: RateClass
}

export type RouteMatch<R extends Route> =
  | { readonly _tag: "Found"; readonly route: R }
  | { readonly _tag: "OtherMethod" | "Options"; readonly methods: string }
  | { readonly _tag: "Unknown" }

export type RouteTable<R extends Route> = { readonly match: (method: string, path: string) => RouteMatch<R> }

/** HEAD is answered wherever GET is, and OPTIONS everywhere. */
export const routeTable = <R extends Route>(routes: ReadonlyArray<R>): RouteTable<R> => {
  const patterns = routes.map((route) => ({ route, segments: route.path.split("/") }))
  return {
    match: (method, path) => {
      const segments = path.split("/")
      if (segments.length > segmentsMax || !segments.every(isPlain)) return { _tag: "Unknown" }
      const here = patterns.filter((pattern) => fits(pattern.segments, segments)).map(({ route }) => route)
      if (here.length === 0) return { _tag: "Unknown" }
      const found = here.find((route) => route.method === (method === "HEAD" ? "GET" : method))
      if (found !== undefined) return { _tag: "Found", route: found }
      return { _tag: method === "OPTIONS" ? "Options" : "OtherMethod", methods: methodsOf(here) }
    }
  }
}

const segmentsMax = 8

/** Ids and words of the APIs need no percent encoding, so an encoded path is no path of theirs (RFC 3986 §2.3). */
const isPlain = (segment: string): boolean => segmentShape.test(segment)
const segmentShape = /^[A-Za-z0-9._~-]{0,256}$/u

const fits = (pattern: ReadonlyArray<string>, segments: ReadonlyArray<string>): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, place) => (part.startsWith(":") ? segments[place] !== "" : part === segments[place]))

const methodsOf = (routes: ReadonlyArray<Route>): string =>
  [...routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])), "OPTIONS"].join(", ")
