/**
 * Whether a failed `fetch` proves that nothing was sent. Runtimes say little about why a fetch failed; Node hands on
 * the error of the system, which names the call that failed. Where that was the connection itself, nothing has left.
 */

/**
 * Whether every error at the bottom of a cause says that a connection could not be made or a name not be found. `false`
 * is the answer for everything that is not known for certain.
 *
 * @example
 * isFailedConnection(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", syscall: "connect" } })) // => true
 * isFailedConnection(new TypeError("fetch failed", { cause: { code: "ECONNRESET", syscall: "read" } })) // => false
 */
export const isFailedConnection = (cause: unknown): boolean => {
  const roots = rootsOf(cause, depthMax)
  return roots.length > 0 && roots.every((root) => beforeSending.has(String(root["syscall"])))
}

/** A name that is looked up, a connection that is made: all that comes before the first byte. */
const beforeSending: ReadonlySet<string> = new Set(["connect", "getaddrinfo"])

const depthMax = 5

type Members = { readonly [name: string]: unknown }

/** What lies at the bottom: where several addresses were tried, there is an error for each. */
const rootsOf = (error: unknown, depth: number): ReadonlyArray<Members> => {
  if (typeof error !== "object" || error === null || depth === 0) return []
  const { cause, errors, syscall } = error as Members
  if (Array.isArray(errors) && errors.length > 0) {
    const each = errors.map((one) => rootsOf(one, depth - 1))
    return each.every((roots) => roots.length > 0) ? each.flat() : []
  }
  return cause === undefined ? [{ syscall }] : rootsOf(cause, depth - 1)
}
