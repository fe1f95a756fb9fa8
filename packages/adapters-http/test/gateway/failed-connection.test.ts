/** Which failures of a connection prove that nothing was sent. In doubt: none. */
import { isFailedConnection } from "@paykernel/adapters-http/gateway"
import { describe, expect, it } from "vitest"

const of = (syscall: string, code = "E") => Object.assign(new Error(syscall), { syscall, code })
const failed = (cause: unknown) => new TypeError("fetch failed", { cause })

describe("a failed connection", () => {
  it.each<[string, unknown]>([
    ["refused", failed(of("connect", "ECONNREFUSED"))],
    ["to an unknown name", failed(of("getaddrinfo", "ENOTFOUND"))],
    ["refused at each address", failed(new AggregateError([of("connect"), of("connect")]))],
    [
      "refused at one and not answered at another address",
      failed(new AggregateError([of("connect", "ETIMEDOUT"), of("connect")]))
    ]
  ])("%s proves that nothing was sent", (_, cause) => {
    expect(isFailedConnection(cause)).toBe(true)
  })

  it.each<[string, unknown]>([
    ["a reset", failed(of("read", "ECONNRESET"))],
    ["a broken pipe", failed(of("write", "EPIPE"))],
    ["a refusal without the call that was refused", failed({ code: "ECONNREFUSED" })],
    ["a connection that was made at one address", failed(new AggregateError([of("connect"), of("read")]))],
    ["errors of which one says nothing", failed(new AggregateError([of("connect"), new Error("what?")]))],
    ["errors of which one is none", failed(new AggregateError([of("connect"), null]))],
    ["no errors at all", failed(new AggregateError([]))],
    ["a socket that the other side closed", failed({ code: "UND_ERR_SOCKET" })],
    ["an abort", new DOMException("aborted", "AbortError")],
    ["a word", "connect"],
    ["nothing", undefined]
  ])("and %s does not", (_, cause) => {
    expect(isFailedConnection(cause)).toBe(false)
  })

  it("and a cause that is its own cause does not", () => {
    const loop: { cause?: unknown } = {}
    loop.cause = loop
    expect(isFailedConnection(loop)).toBe(false)
  })
})
