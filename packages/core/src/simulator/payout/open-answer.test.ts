import * as Result from "effect/Result"
import { beforeAll, describe, expect, it } from "vitest"
import { rfiRequirements } from "../../requirement/rfi-requirements.ts"
import { encryptJson, exampleAnswer } from "../../testing/payout/encrypt-answer.ts"
import { generateNetworkKey, type NetworkKey, openNetworkKey } from "./network-key.ts"
import { type AnswerForm, openAnswer } from "./open-answer.ts"

const asked = rfiRequirements("business", 2).fields
let key: NetworkKey
beforeAll(async () => {
  key = await openNetworkKey(await generateNetworkKey(), { domain: "institution.example", nowMs: 1_795_000_000_000 })
})

const faultsIn = async (jwe: string, form: AnswerForm, version = asked.version): Promise<ReadonlyArray<string>> => {
  const opened = await openAnswer(key, { version, jwe }, asked, form)
  return Result.isSuccess(opened) ? [] : [opened.failure.why, ...opened.failure.fields]
}

/** What the network says of the example with these changes. */
const faultsOf = async (change: { readonly [field: string]: unknown }): Promise<ReadonlyArray<string>> =>
  faultsIn(await encryptJson(key.certificate, exampleAnswer(asked, change)), "record")

const address = { street: "1 Main Street", city: "Springfield", country: "US" }
const owner = { name: "Jo", address, dateOfBirth: "1980-02-29", percentage: 25 }
const nested = (depth: number): unknown => (depth === 0 ? "end" : { more: nested(depth - 1) })

describe("an answer", () => {
  it.each<[string, { readonly [field: string]: unknown }]>([
    ["as it was asked for", {}],
    ["with an empty part of an address that not every country has", { ADDRESS: { ...address, postalCode: "" } }],
    ["with a part of it left out by another country", { ADDRESS: { ...address, stateProvince: "" } }],
    ["with an owner", { BENEFICIARY_OWNERS: owner }],
    ["with an owner of all of it", { BENEFICIARY_OWNERS: { ...owner, percentage: 100 } }],
    ["with an owner of nothing yet", { BENEFICIARY_OWNERS: { ...owner, percentage: 0 } }],
    ["with what was not asked for", { SHOE_SIZE: 44 }]
  ])("%s is taken", async (_, change) => {
    expect(await faultsOf(change)).toEqual([])
  })

  it.each<[string, string, unknown]>([
    ["is missing", "NAME", undefined],
    ["says nothing", "NAME", " "],
    ["says too much", "NAME", "x".repeat(1025)],
    ["is no text", "NAME", 5],
    ["names a day that the calendar lacks", "DATE_OF_FORMATION", "2001-02-30"],
    ["names no day", "DATE_OF_FORMATION", "last year"],
    ["names a country in small letters", "COUNTRY_OF_FORMATION", "us"],
    ["is an address without a city", "ADDRESS", { street: "1 Main Street", country: "US" }],
    ["is an address in no country", "ADDRESS", { ...address, country: "USA" }],
    ["is an address with an empty street", "ADDRESS", { ...address, street: "" }],
    ["is an address with a blank for a postal code", "ADDRESS", { ...address, postalCode: " " }],
    ["owns less than nothing", "BENEFICIARY_OWNERS", { ...owner, percentage: -1 }],
    ["owns more than the whole", "BENEFICIARY_OWNERS", { ...owner, percentage: 101 }],
    ["owns a text", "BENEFICIARY_OWNERS", { ...owner, percentage: "25" }],
    ["is no yes or no", "BENEFICIARY_OWNERSHIP", "yes"],
    ["is deeper than anything that was asked for", "ADDRESS", { ...address, more: nested(200) }]
  ])("in which a field %s is refused by its name", async (_, field, value) => {
    expect(await faultsOf({ [field]: value })).toEqual(["requirements_not_met", field])
  })
})

describe("an answer that says nothing of any field", () => {
  it.each<[string, AnswerForm, unknown]>([
    ["a record where a list is read", "list", { NAME: "Example Ltd" }],
    ["a list where a record is read", "record", [{ name: "NAME", value: "Example Ltd" }]],
    [
      "a list that names a field twice",
      "list",
      [
        { name: "NAME", value: "Example Ltd" },
        { name: "NAME", value: "Another Ltd" }
      ]
    ]
  ])("is refused as a whole: %s", async (_, form, json) => {
    expect(await faultsIn(await encryptJson(key.certificate, json), form)).toEqual(["requirements_not_met"])
  })

  it("is refused by its version where that is another one", async () => {
    const jwe = await encryptJson(key.certificate, exampleAnswer(asked))
    expect(await faultsIn(jwe, "record", asked.version + 1)).toEqual(["requirements_version_unknown", "version"])
  })

  const headerOf = (header: unknown): string => Buffer.from(JSON.stringify(header)).toString("base64url")
  it.each([
    ["a head that is no JSON", "AAAA"],
    ["no key to agree on a secret with", headerOf({ alg: "ECDH-ES+A128KW", enc: "A128GCM" })]
  ])("is refused as malformed: %s", async (_, head) => {
    const [, ...rest] = (await encryptJson(key.certificate, exampleAnswer(asked))).split(".")
    expect(await faultsIn([head, ...rest].join("."), "record")).toEqual(["jwe_malformed"])
  })

  it.each<[string, (jwe: string) => string]>([
    ["a part too many", (jwe) => `${jwe}.AAAA`],
    ["a letter before it that none has", (jwe) => `!${jwe}`],
    ["a letter after it that none has", (jwe) => `${jwe}!`]
  ])("is refused as malformed: %s", async (_, change) => {
    const jwe = await encryptJson(key.certificate, exampleAnswer(asked))
    expect(await faultsIn(change(jwe), "record")).toEqual(["jwe_malformed"])
  })

  it("is refused where it was made smaller before it was sealed", async () => {
    const [, ...rest] = (await encryptJson(key.certificate, exampleAnswer(asked))).split(".")
    const head = headerOf({ alg: "ECDH-ES+A128KW", enc: "A128GCM", epk: {}, zip: "DEF" })
    expect(await faultsIn([head, ...rest].join("."), "record")).toEqual(["encryption_unsupported"])
  })
})

describe("the longest answer that is read", () => {
  const lengthMax = 262_144
  const sealed = (paddingLength: number) =>
    encryptJson(key.certificate, exampleAnswer(asked, { PADDING: "x".repeat(paddingLength) }))

  it("has two hundred and fifty-six kibibytes", async () => {
    const spare = lengthMax - (await sealed(0)).length
    // Four letters carry three bytes.
    const around = Math.floor((spare * 3) / 4)
    const sizes = await Promise.all([around - 1, around, around + 1, around + 2].map(sealed))
    for (const jwe of sizes) {
      expect(await faultsIn(jwe, "record")).toEqual(jwe.length > lengthMax ? ["jwe_malformed"] : [])
    }
    expect(sizes.map((jwe) => Math.sign(jwe.length - lengthMax))).toEqual(expect.arrayContaining([-1, 0, 1]))
  })
})
