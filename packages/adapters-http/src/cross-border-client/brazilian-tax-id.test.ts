import { describe, expect, it } from "vitest"
import { isCnpj, isCpf } from "./brazilian-tax-id.ts"

describe("a number of the Brazilian tax office", () => {
  it.each(["52998224725", "529.982.247-25", "111.444.777-35"])("%s is a person's", (text) => {
    expect([isCpf(text), isCnpj(text)]).toEqual([true, false])
  })

  it.each(["11222333000181", "11.222.333/0001-81", "12.ABC.345/01DE-35", "12ABC34501DE35"])(
    "%s is a company's",
    (text) => {
      expect([isCpf(text), isCnpj(text)]).toEqual([false, true])
    }
  )

  it.each([
    "",
    "52998224726",
    "52998224715",
    "529982247-25",
    "5299822472",
    "111.111.111-11",
    "11222333000191",
    "11222333000182",
    "11.222.333/0001-81 ",
    "00000000000000",
    "12.abc.345/01DE-35",
    "12.ABC.345/01DE-3A"
  ])("%s is nobody's", (text) => {
    expect([isCpf(text), isCnpj(text)]).toEqual([false, false])
  })

  it("is not the same with two digits in each other's place", () => {
    const digits = "52998224725"
    for (let at = 0; at < digits.length - 1; at++) {
      const [one, other] = [digits.charAt(at), digits.charAt(at + 1)]
      const swapped = `${digits.slice(0, at)}${other}${one}${digits.slice(at + 2)}`
      if (one !== other) expect([swapped, isCpf(swapped)]).toEqual([swapped, false])
    }
  })
})
