import { describe, expect, it } from "vitest"
import { follow, type Machine, next, terminal } from "./machine.ts"

type State = "shut" | "open" | "broken"
type Event = "Opened" | "Shut" | "Repainted" | "Broke"

const door: Machine<State, Event> = {
  shut: { Opened: "open", Broke: "broken" },
  open: { Shut: "shut", Repainted: "open" },
  broken: { Repainted: "broken" }
}

describe("a state machine", () => {
  it("leads an event to its state, and knows nothing of one that it does not accept", () => {
    expect(next(door, "shut", "Opened")).toBe("open")
    expect(next(door, "shut", "Shut")).toBeUndefined()
  })

  it("is followed along its edges only: elsewhere the program is wrong", () => {
    expect(follow(door, "open", "Shut")).toBe("shut")
    expect(() => follow(door, "open", "Broke")).toThrow("no edge open --Broke-->")
  })

  it("ends where no event leads to another state", () => {
    expect(terminal(door)).toEqual(["broken"])
  })
})
