/** The share of these that a campaign strikes is measured against this list, so nothing may be missing from it. */
import { expect, it } from "vitest"
import { faultPoints, portCalls } from "./fault-points.ts"

const ofProcesses = ["died before", "died after", "stalled before", "stalled after"]

const faultsAt = (call: string): ReadonlyArray<string> =>
  faultPoints.filter((point) => point.startsWith(`${call}: `)).map((point) => point.slice(call.length + 2))

const working = Object.entries(portCalls).flatMap(([port, calls]) =>
  Object.entries(calls).flatMap(([name, kind]) => (kind === "tool" ? [] : [`${port}.${name}`]))
)

it.each(working)("a process can die, stall and wait on either side of %s", (call) => {
  expect(faultsAt(call)).toEqual(expect.arrayContaining([...ofProcesses, "slow"]))
})

it.each([
  ["store.commit", ["slow", "unavailable", "answer lost", "request lost", "conflict"]],
  ["store.claim", ["slow", "unavailable", "answer lost", "request lost"]],
  ["store.load", ["slow", "unavailable"]],
  ["gateway.send", ["slow", "answer lost", "request lost"]],
  ["gateway.lookup", ["slow"]],
  ["vault.open", ["slow", "unavailable"]],
  ["sender.post", ["slow", "unavailable", "answer lost", "request lost"]]
])("the other side of %s fails in its own ways", (call, faults) => {
  expect(faultsAt(call)).toEqual([...ofProcesses, ...faults])
})

it.each(["store.scan", "store.nudges", "vault.rewrap", "sender.vet", "blockchain.checkAddress", "funding.isAddress"])(
  "nothing strikes %s, by which nobody works or nobody is asked",
  (call) => {
    expect(faultsAt(call)).toEqual([])
  }
)

it("every point is there once, and none besides", () => {
  expect(new Set(faultPoints).size).toBe(faultPoints.length)
  expect(faultPoints.map((point) => point.split(": ")[0])).toEqual(
    working.flatMap((call) => faultsAt(call).map(() => call))
  )
})
