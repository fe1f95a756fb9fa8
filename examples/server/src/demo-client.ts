/** Calls of the API for the demo, which ends at the first answer that is not as it should be. */

export type Ask = (method: string, path: string, body?: object) => Promise<unknown>

export const callerOf =
  (address: string, apiKey: string): Ask =>
  async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    expectThat(response.ok, `${method} ${path} succeeds, and is not answered with ${response.status} ${text}`)
    return text === "" ? undefined : JSON.parse(text)
  }

export const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`expected that ${what}`)
}

/** What stands at a path of JSON, if anything. */
export const member = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((found, name) => new Map<string, unknown>(Object.entries(found ?? {})).get(name), value)

export const textAt = (value: unknown, ...path: ReadonlyArray<string>): string => {
  const found = member(value, ...path)
  if (typeof found !== "string") throw new Error(`expected a text at ${path.join(".")} of ${JSON.stringify(value)}`)
  return found
}
