import { describe, expect, it } from "vitest"
import { cardDefinition, merchantDefinition, paymentDefinition, settlementDefinition } from "./aggregates.ts"
import { upcast } from "./upcast.ts"

const steps = {
  1: () => ({ town: "Bern" }),
  2: () => ({ place: { town: "Bern" } })
}

describe("a stored shape", () => {
  it("of the present is taken as it is", () => {
    expect(upcast({ town: "Bern" }, 3, 3, steps)).toEqual({ town: "Bern" })
  })

  it("of the past is brought up one version at a time", () => {
    expect(upcast({ city: "Bern" }, 1, 2, steps)).toEqual({ town: "Bern" })
    expect(upcast({ city: "Bern" }, 1, 3, steps)).toEqual({ place: { town: "Bern" } })
  })

  it("of the past is refused where the way is broken", () => {
    expect(() => upcast({ city: "Bern" }, 1, 4, steps)).toThrow("no step leads from stored version 3 to the next")
  })

  it.each([4, 0, -1, 1.5, Number.NaN])("of no known version is refused: %d", (version) => {
    expect(() => upcast({}, version, 3, steps)).toThrow(`stored with version ${version}`)
  })

  it.each([paymentDefinition, cardDefinition, merchantDefinition, settlementDefinition])(
    "written by a newer program is refused: $type",
    (definition) => {
      const { schemaVersion } = definition
      expect(() => definition.decodeState({}, schemaVersion + 1)).toThrow("stored with version 2")
      expect(() => definition.decodeEvent({}, schemaVersion + 1)).toThrow("stored with version 2")
    }
  )
})
