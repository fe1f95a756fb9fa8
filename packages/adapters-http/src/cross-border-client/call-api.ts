/** One request to the API and what came of it, as a value. */
import { type Answer, answered, type FieldProblem, failed } from "./answer.ts"

/** `fetch`, or whatever stands in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type ApiOptions = {
  /** Where the API is, such as `https://payments.example`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** Default: the runtime's own. */
  readonly fetch?: Fetch
}

export type Query = { readonly [name: string]: string | undefined }

export type ApiCall = {
  readonly method: "GET" | "POST"
  /** From the slash on, its parts encoded. */
  readonly path: string
  readonly query?: Query
  readonly body?: object | FormData
}

export type CallApi = <A>(call: ApiCall) => Promise<Answer<A>>

export const apiCaller = ({ baseUrl, apiKey, fetch: given }: ApiOptions): CallApi => {
  const root = baseUrl.replace(/\/+$/u, "")
  const send: Fetch = given ?? ((url, init) => fetch(url, init))
  return async <A>({ method, path, query = {}, body }: ApiCall): Promise<Answer<A>> => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`
    const init = { method, headers: headersOf(apiKey, body), ...bodyOf(body) }
    try {
      return await read<A>(await send(`${root}${path}${search}`, init))
    } catch (cause) {
      return failed({ _tag: "Unreachable", reason: cause instanceof Error ? cause.message : "no answer" })
    }
  }
}

/** Parts of a path that come from outside. */
export const path = (texts: TemplateStringsArray, ...parts: ReadonlyArray<string>): string =>
  String.raw({ raw: texts }, ...parts.map(encodeURIComponent))

/** A form says for itself where its parts begin. */
const headersOf = (apiKey: string, body: ApiCall["body"]) => ({
  accept: "application/json",
  authorization: `Bearer ${apiKey}`,
  ...(body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" })
})

const bodyOf = (body: ApiCall["body"]): { readonly body?: string | FormData } => {
  if (body === undefined) return {}
  return { body: body instanceof FormData ? body : JSON.stringify(body) }
}

/** The API's own schemas say what is in `data`; a client that held every answer against them would age badly. */
const read = async <A>(response: Response): Promise<Answer<A>> => {
  const { status } = response
  const text = await response.text()
  if (response.ok && text === "") return answered(undefined as A)
  const json = parsed(text)
  if (response.ok && json !== undefined && "data" in json) return answered(json["data"] as A)
  if (response.ok || json === undefined || typeof json["code"] !== "number") {
    return failed({ _tag: "Unreadable", status })
  }
  const message = typeof json["message"] === "string" ? json["message"] : ""
  return failed({ _tag: "Refused", status, code: json["code"], message, fields: fieldsIn(json["errors"]) })
}

type Json = { readonly [name: string]: unknown }

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const parsed = (text: string): Json | undefined => {
  try {
    const json: unknown = JSON.parse(text)
    return isRecord(json) ? json : undefined
  } catch {
    return undefined
  }
}

const fieldsIn = (errors: unknown): ReadonlyArray<FieldProblem> =>
  (Array.isArray(errors) ? errors : []).filter(isRecord).map(({ location, message }) => ({
    location: typeof location === "string" ? location : "",
    message: typeof message === "string" ? message : ""
  }))
