/** A merchant's own client, in plain fetch: for what the SDK cannot say, and for judges that trust none of our code. */
import { parseJson } from "./json-reading.ts"

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; `undefined` where it is none. */
  readonly body: unknown
}

export type MerchantClient = {
  readonly get: (path: string) => Promise<Answered>
  readonly post: (path: string, body: unknown) => Promise<Answered>
  readonly put: (path: string, body: unknown) => Promise<Answered>
}

/**
 * `address` is asked for at each call, because a server may come back somewhere else. A call that has no answer after
 * `answerLimitMs` rejects: a server that is frozen never closes a connection.
 */
export const merchantClient = (address: () => string, apiKey: string, answerLimitMs = 60_000): MerchantClient => {
  const call = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await fetch(address() + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(answerLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parseJson(text) }
  }
  return {
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body),
    put: (path, body) => call("PUT", path, body)
  }
}
