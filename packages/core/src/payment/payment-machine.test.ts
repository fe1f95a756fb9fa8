import { describe, expect, it } from "vitest"
import { attemptMachine } from "../attempt/index.ts"
import { walk } from "../testing/walk.ts"
import { paymentMachine } from "./index.ts"

describe("the machines", () => {
  it("of a payment can reach every state, and ends where money no longer moves", () => {
    const { unreachable, terminal } = walk(paymentMachine, "none")
    expect(unreachable).toEqual([])
    expect(terminal).toEqual(["paid", "failed", "voided", "cancelled", "expired"])
  })

  it("of an attempt can reach every state, and ends only in success, because any failure may prove untrue", () => {
    const { unreachable, terminal } = walk(attemptMachine, "planned")
    expect(unreachable).toEqual([])
    expect(terminal).toEqual(["confirmed"])
  })

  it("of an attempt never leads from a message that may have been sent back to an unsent one, but by proof", () => {
    const back = walk(attemptMachine, "planned").edges.filter(({ to }) => to === "planned")
    expect(back).toEqual([{ from: "sending", event: "AttemptNotSent", to: "planned" }])
  })
})
