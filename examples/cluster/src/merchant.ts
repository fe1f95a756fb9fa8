/** A merchant's side of the API: any node may be asked, so a request that one does not answer goes to the next. */

export type Answered = {
  readonly status: number
  /** As it came, to be compared with another. */
  readonly text: string
  /** `data` of the body; `undefined` where there is none. */
  readonly data: unknown
}

export type Merchant = {
  /** One request to one node. Rejects where the node gives no answer. */
  readonly ask: (node: string, method: "GET" | "POST", path: string, body?: object) => Promise<Answered>
  /** Asks one node after the other, beginning with the one at `first`, until one has answered. */
  readonly askAny: (first: number, method: "GET" | "POST", path: string, body?: object) => Promise<Answered>
}

/** Longer than a restart takes. */
const patienceMs = 60_000
const answerLimitMs = 10_000

export const merchantOf = (nodes: ReadonlyArray<string>, apiKey: string): Merchant => {
  const ask: Merchant["ask"] = async (node, method, path, body) => {
    const response = await fetch(node + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(answerLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, text, data: memberOf(parsed(text), "data") }
  }
  return {
    ask,
    askAny: async (first, method, path, body) => {
      const untilMs = Date.now() + patienceMs
      for (let place = first; ; place++) {
        const answer = await ask(nodes[place % nodes.length] ?? "", method, path, body).catch(() => undefined)
        // Nothing can be said about the request then, so it is repeated, with its key.
        if (answer !== undefined && answer.status < 500) return answer
        if (Date.now() > untilMs) throw new Error(`no node answers ${method} ${path}: ${answer?.status ?? "nothing"}`)
        await pause(50)
      }
    }
  }
}

/** Asks until the answer is the one that is waited for. Rejects after `limitMs`. */
export const eventually = async <A>(
  ask: () => Promise<A>,
  isIt: (answer: A) => boolean,
  limitMs = patienceMs
): Promise<A> => {
  for (const untilMs = Date.now() + limitMs; ; ) {
    const answer = await ask()
    if (isIt(answer)) return answer
    if (Date.now() > untilMs) throw new Error(`still not, after ${limitMs} ms: ${JSON.stringify(answer)}`)
    await pause(20)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What stands at a path of JSON, if anything. */
export const memberOf = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((found, name) => new Map<string, unknown>(Object.entries(found ?? {})).get(name), value)

/** The text at a path of JSON; empty where there is none. */
export const textAt = (value: unknown, ...path: ReadonlyArray<string>): string => {
  const found = memberOf(value, ...path)
  return typeof found === "string" ? found : ""
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
