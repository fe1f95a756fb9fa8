import { describe, expect, it } from "vitest"
import type { Machine } from "../machine.ts"
import { mermaid, walk } from "./walk.ts"

const door: Machine<"open" | "shut" | "gone" | "lost", "Opened" | "Shut" | "Knocked" | "Removed"> = {
  open: { Shut: "shut", Removed: "gone" },
  shut: { Opened: "open", Knocked: "shut" },
  gone: { Knocked: "gone" },
  lost: { Shut: "shut" }
}

describe("walking a machine", () => {
  it("finds what cannot be reached, where it ends, and every edge", () => {
    expect(walk(door, "shut")).toEqual({
      unreachable: ["lost"],
      terminal: ["gone"],
      edges: [
        { from: "open", event: "Shut", to: "shut" },
        { from: "open", event: "Removed", to: "gone" },
        { from: "shut", event: "Opened", to: "open" },
        { from: "shut", event: "Knocked", to: "shut" },
        { from: "gone", event: "Knocked", to: "gone" },
        { from: "lost", event: "Shut", to: "shut" }
      ]
    })
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
