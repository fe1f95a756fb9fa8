import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { Machine } from "../machine.ts"
import { edgesTaken, mermaid, walk } from "./walk.ts"

const door: Machine<"open" | "shut" | "gone" | "lost", "Opened" | "Shut" | "Knocked" | "Removed"> = {
  open: { Shut: "shut", Removed: "gone" },
  shut: { Opened: "open", Knocked: "shut" },
  gone: { Knocked: "gone" },
  lost: { Shut: "shut" }
}

describe("walking a machine", () => {
  it("finds what cannot be reached, where it ends, and every edge", () => {
    expect(walk(door, "shut")).toMatchObject({
      unreachable: ["lost"],
      terminal: ["gone"],
      edges: [
        { from: "open", event: "Shut", to: "shut" },
        { from: "open", event: "Removed", to: "gone" },
        { from: "shut", event: "Opened", to: "open" },
        { from: "shut", event: "Knocked", to: "shut" },
        { from: "gone", event: "Knocked", to: "gone" },
        { from: "lost", event: "Shut", to: "shut" }
      ],
      missingCommands: []
    })
  })

  it("finds the events that no command brings about", () => {
    const taken = walk(door, "shut").edges.filter(({ event }) => event !== "Removed")
    expect(walk(door, "shut", taken).missingCommands).toEqual([{ from: "open", event: "Removed", to: "gone" }])
  })

  it("finds which edges commands take", () => {
    const shutter = {
      initial: "open",
      decide: (state: string, command: "shut" | "open") =>
        state === command ? Result.fail("is so already") : Result.succeed({ events: [{ _tag: command, to: command }] }),
      evolve: (_: string, event: { readonly _tag: "open" | "shut"; readonly to: string }) => event.to,
      statusOf: (state: string) => state
    }
    expect(
      edgesTaken(shutter, [
        ["open", "shut"],
        ["shut", "shut", "open"]
      ])
    ).toEqual([
      { from: "open", event: "shut", to: "shut" },
      { from: "shut", event: "open", to: "open" }
    ])
  })

  it("draws it", () => {
    expect(mermaid(door, "shut", 'A "door"')).toBe(
      [
        "---",
        'title: "A \\"door\\""',
        "---",
        "stateDiagram-v2",
        "  [*] --> shut",
        "  open --> shut: Shut",
        "  open --> gone: Removed",
        "  shut --> open: Opened",
        "  shut --> shut: Knocked",
        "  gone --> gone: Knocked",
        "  lost --> shut: Shut",
        "  gone --> [*]",
        ""
      ].join("\n")
    )
  })
})
