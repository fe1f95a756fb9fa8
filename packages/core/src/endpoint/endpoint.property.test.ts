import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyEndpointCommand, endpointHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  decide,
  type Endpoint,
  type EndpointStatus,
  endpointMachine,
  evolve,
  failingLimitMs,
  noEndpoint,
  secretsMax
} from "./index.ts"

const statusOf = ({ status }: Endpoint): EndpointStatus => status

const endpoints = { initial: noEndpoint, decide, evolve, commands: fc.array(anyEndpointCommand, { maxLength: 14 }) }

describe("an endpoint, whatever is asked of it", () => {
  it("is the fold of its events, and decides alike each time", () => {
    fc.assert(laws.replay(endpoints), { numRuns: 10_000 })
    fc.assert(laws.pure(endpoints), { numRuns: 10_000 })
  })

  it("follows its machine, and is removed for good", () => {
    const followed = { ...endpoints, machine: endpointMachine, statusOf }
    fc.assert(laws.legal(followed), { numRuns: 10_000 })
    fc.assert(laws.final(followed), { numRuns: 10_000 })
  })

  it("has one current secret while it lives and none afterwards, and says why it is disabled, and comes to every state", () => {
    const seen = new Set<EndpointStatus>()
    fc.assert(
      fc.property(endpoints.commands, (commands) => {
        const { state } = playHistory(endpoints, commands)
        seen.add(state.status)
        const lives = state.status !== "none" && state.status !== "removed"
        expect(state.secrets.filter(({ retiresAtMs }) => retiresAtMs === null)).toHaveLength(lives ? 1 : 0)
        expect(state.secrets.length).toBeLessThanOrEqual(secretsMax)
        if (state.status === "disabled") expect(state.disabledBecause).not.toBeNull()
        if (state.status === "enabled") expect(state.disabledBecause).toBeNull()
      }),
      { numRuns: 10_000 }
    )
    expect(seen).toEqual(new Set(Object.keys(endpointMachine)))
  })

  it("is disabled for failing only where it has done nothing else for five days", () => {
    fc.assert(
      fc.property(endpoints.commands, (commands) => {
        let state = noEndpoint
        for (const event of playHistory(endpoints, commands).events) {
          if (event._tag === "EndpointDisabled" && event.because === "failing") {
            expect(event.atMs - (state.failingSinceMs ?? event.atMs)).toBeGreaterThanOrEqual(failingLimitMs)
          }
          state = evolve(state, event)
        }
      }),
      { numRuns: 10_000 }
    )
  })

  it("answers every command in every state, moves no money and wants nothing done", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(endpoints.commands, anyEndpointCommand, (commands, command) => {
        const { state } = playHistory(endpoints, commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isSuccess(decided)) expect(decided.success).toMatchObject({ ledger: [], tasks: [] })
      }),
      { numRuns: 20_000 }
    )
    expect(pairs.size).toBe(Object.keys(endpointMachine).length * 7)
  })
})

describe("the machine of an endpoint", () => {
  it("has no state that cannot be reached, and ends where it is removed", () => {
    expect(walk(endpointMachine, "none")).toMatchObject({ unreachable: [], terminal: ["removed"] })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(endpointHistory(), { numRuns: 5_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...endpoints, statusOf }, lives)
    expect(walk(endpointMachine, "none", taken).missingCommands).toEqual([])
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noEndpoint, { _tag: "EndpointFailing", atMs: 0 })).toThrow("no edge none --EndpointFailing-->")
  })
})
