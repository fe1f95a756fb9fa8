import { describe, expect, it } from "vitest"
import { laneOf, type TaskKind, type TaskLane } from "./decision.ts"

describe("the lane of a task", () => {
  it.each<[TaskKind, TaskLane]>([
    ["attempt", "money"],
    ["authenticate", "money"],
    ["expire_authorization", "money"],
    ["expire_challenge", "money"],
    ["verify_card", "money"],
    ["expire_checkout", "money"],
    ["follow_payment", "money"],
    ["settle", "money"],
    ["notify", "news"],
    ["deliver", "news"]
  ])("of kind %s is that of %s", (kind, lane) => {
    expect(laneOf(kind)).toBe(lane)
  })
})
