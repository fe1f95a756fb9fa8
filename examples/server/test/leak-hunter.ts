/**
 * Looks for secrets in bytes, in every form in which one could have got there unnoticed: as it is, encoded, turned
 * round, packed, or as a part of something longer that was encoded as a whole.
 */

/** Where a secret was found, and in which form. The secret itself is only named by its last four characters. */
export type Leak = { readonly place: string; readonly form: string; readonly ending: string }

export type Haystack = { readonly place: string; readonly bytes: Buffer }

export const huntLeaks = (secrets: ReadonlyArray<string>, haystacks: ReadonlyArray<Haystack>): ReadonlyArray<Leak> =>
  secrets.flatMap((secret) => {
    const forms = formsOf(secret)
    return haystacks.flatMap(({ place, bytes }) =>
      forms
        .filter(({ needle }) => bytes.includes(needle))
        .map(({ form }) => ({ place, form, ending: secret.slice(-4) }))
    )
  })

/** The name of every form, for tests of the hunter itself. */
export const formsOf = (secret: string): ReadonlyArray<{ readonly form: string; readonly needle: Buffer }> => {
  const bytes = Buffer.from(secret)
  const reversed = [...secret].reverse().join("")
  const each = (one: (code: number) => string): string => [...bytes].map(one).join("")
  const texts: Array<readonly [string, string]> = [
    ["as it is", secret],
    ["reversed", reversed],
    ["in hex", bytes.toString("hex")],
    ["in upper-case hex", bytes.toString("hex").toUpperCase()],
    ["percent-encoded", encodeURIComponent(secret)],
    ["percent-encoded throughout", each((code) => `%${code.toString(16).padStart(2, "0")}`)],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
    ["JSON-escaped twice", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["JSON-escaped throughout", each((code) => `\\u${code.toString(16).padStart(4, "0")}`)],
    ...base64Forms("in base64", bytes, "base64"),
    ...base64Forms("in base64url", bytes, "base64url"),
    ...base64Forms("in base64 of base64", Buffer.from(bytes.toString("base64")), "base64")
  ]
  const digits = /^\d+$/u.test(secret) ? digitForms(secret) : []
  const utf16 = { form: "in UTF-16", needle: Buffer.from(secret, "utf16le") }
  return [...texts.map(([form, text]) => ({ form, needle: Buffer.from(text) })), utf16, ...digits]
}

/** A part of a longer base64 text looks different for each of the three places at which it can begin. */
const base64Forms = (
  form: string,
  bytes: Buffer,
  encoding: "base64" | "base64url"
): ReadonlyArray<readonly [string, string]> =>
  [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replace(/[=]+$/u, "")
    // The first and the last characters also depend on the neighbours.
    const from = before === 0 ? 0 : before + 1
    const to = encoded.length - ((before + bytes.length) % 3 === 0 ? 0 : 1)
    return [`${form}, from byte ${before}`, encoded.slice(from, to)]
  })

const digitForms = (secret: string): ReadonlyArray<{ readonly form: string; readonly needle: Buffer }> => {
  const groups = secret.match(/.{1,4}/gu) ?? []
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(secret))
  return [
    { form: "in groups", needle: Buffer.from(groups.join(" ")) },
    { form: "in hyphenated groups", needle: Buffer.from(groups.join("-")) },
    { form: "in packed digits", needle: Buffer.from(secret.length % 2 === 0 ? secret : `0${secret}`, "hex") },
    { form: "as a number", needle: number },
    { form: "as a number, turned", needle: Buffer.from(number).reverse() }
  ]
}
