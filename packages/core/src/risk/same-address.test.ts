import { describe, expect, it } from "vitest"
import { sameAddress } from "./same-address.ts"

describe("an address", () => {
  it.each([
    ["in capitals", "Ada@EXAMPLE.org", "ada@example.org"],
    ["with blanks around it", " ada@example.org\n", "ada@example.org"],
    ["of IPv6", "2001:DB8::1", "2001:db8::1"]
  ])("%s is indexed like the same in small letters", (_, written, indexed) => {
    expect(sameAddress(written)).toBe(indexed)
  })
})
