/** The hunter hunted: what is planted is found, in every form and at every place, and nothing else is. */
import { randomBytes } from "node:crypto"
import { describe, expect, it } from "vitest"
import { formsOf, huntLeaks } from "./leak-hunter.ts"

const secrets = ["4111222233334444", "345678901234564", '"cvv":"4711"']
const others = ["5500112233445566", '"cvv":"8888"']

const found = (bytes: Buffer): ReadonlyArray<string> =>
  huntLeaks([...secrets, ...others], [{ place: "planted", bytes }]).map(({ form, ending }) => `${form}: ${ending}`)

describe.each(secrets)("%s is found", (secret) => {
  it.each(formsOf(secret).map(({ form, needle }) => ({ form, needle })))("$form", ({ form, needle }) => {
    const name = `${form}: ${secret.slice(-4)}`
    const noise = randomBytes(1000)
    const cut = needle.subarray(0, -1)
    expect(found(Buffer.concat([noise, needle, noise]))).toContain(name)
    expect(found(Buffer.concat([cut, needle]))).toContain(name)
    expect(found(needle)).toContain(name)
    expect(found(Buffer.concat([noise, cut]))).not.toContain(name)
  })

  it.each(["", "x", "xy", "xyz"])("in base64, with %j before it", (before) => {
    expect(found(Buffer.from(Buffer.from(`${before}${secret} and more`).toString("base64")))).not.toEqual([])
  })
})

it("nothing is found where nothing is", () => {
  expect(found(randomBytes(1_000_000))).toEqual([])
  expect(found(Buffer.alloc(1_000_000))).toEqual([])
  expect(found(Buffer.alloc(0))).toEqual([])
})
