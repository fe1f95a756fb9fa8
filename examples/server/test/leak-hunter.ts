/**
 * Looks for secrets in bytes, in every form in which one could have got there unnoticed: as it is, encoded, turned
 * round, packed, or as a part of something longer that was encoded as a whole.
 */

/** Where a secret was found, and in which form. The secret itself is only named by its last four characters. */
export type Leak = { readonly place: string; readonly form: string; readonly ending: string }

export type Haystack = { readonly place: string; readonly bytes: Buffer }

/** Goes through each haystack once, however many secrets there are. */
export const huntLeaks = (secrets: ReadonlyArray<string>, haystacks: ReadonlyArray<Haystack>): ReadonlyArray<Leak> => {
  const needles = needlesOf(secrets)
  return haystacks.flatMap(({ place, bytes }) =>
    [...needlesIn(bytes, needles)].map(({ form, ending }) => ({ place, form, ending }))
  )
}

type Needle = { readonly form: string; readonly ending: string; readonly bytes: Buffer }

/** By their first four bytes as a number, with a filter in front that sorts out nearly everything else. */
type Needles = { readonly byBeginning: ReadonlyMap<number, ReadonlyArray<Needle>>; readonly filter: Uint8Array }

const filterBits = 20

const filterSlot = (beginning: number): number => Math.imul(beginning, 0x9e3779b1) >>> (32 - filterBits)

const needlesOf = (secrets: ReadonlyArray<string>): Needles => {
  const byBeginning = new Map<number, Array<Needle>>()
  const filter = new Uint8Array(2 ** filterBits)
  for (const secret of secrets) {
    for (const { form, needle } of formsOf(secret)) {
      const beginning = needle.readInt32BE(0)
      const alike = byBeginning.get(beginning) ?? []
      alike.push({ form, ending: secret.slice(-4), bytes: needle })
      byBeginning.set(beginning, alike)
      filter[filterSlot(beginning)] = 1
    }
  }
  return { byBeginning, filter }
}

const needlesIn = (bytes: Buffer, { byBeginning, filter }: Needles): ReadonlySet<Needle> => {
  const found = new Set<Needle>()
  let beginning = 0
  for (let at = 0; at < bytes.length; at++) {
    beginning = (beginning << 8) | (bytes[at] ?? 0)
    if (filter[filterSlot(beginning)] === 0) continue
    const from = at - 3
    for (const needle of byBeginning.get(beginning) ?? []) {
      if (from >= 0 && bytes.subarray(from, from + needle.bytes.length).equals(needle.bytes)) found.add(needle)
    }
  }
  return found
}

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
  const binary = [
    { form: "in packed digits", needle: Buffer.from(secret.length % 2 === 0 ? secret : `0${secret}`, "hex") },
    { form: "as a number", needle: number },
    { form: "as a number, turned", needle: Buffer.from(number).reverse() }
  ]
  return [
    { form: "in groups", needle: Buffer.from(groups.join(" ")) },
    { form: "in hyphenated groups", needle: Buffer.from(groups.join("-")) },
    ...binary.filter(({ needle }) => isTelling(needle))
  ]
}

/** A few bytes among zeros, as of the card 4000 0000 0000 0002, stand in every file of a database by chance. */
const isTelling = (bytes: Buffer): boolean => new Set(bytes).size > 3
