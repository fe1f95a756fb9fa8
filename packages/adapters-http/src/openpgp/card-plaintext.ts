/** What a card client encrypts: one small JSON object of strings, and exactly the members its request calls for. */

/** The longest plaintext that is read. A card number and a CVV need 40 octets. */
export const maxPlaintextBytes = 256

/** The members of the object, or `undefined` if there is another, one less, one twice, or one that is no string. */
export const readPlaintext = <Name extends string>(
  bytes: Uint8Array,
  names: ReadonlyArray<Name>
): { readonly [N in Name]: string } | undefined => {
  if (bytes.length > maxPlaintextBytes) return undefined
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    // JSON.parse keeps the last of two members of one name; the shape of the text tells how many were written.
    return hasExactly(value, names) && objectOfStrings(names.length).test(text) ? value : undefined
  } catch {
    return undefined
  }
}

const hasExactly = <Name extends string>(
  value: unknown,
  names: ReadonlyArray<Name>
): value is { readonly [N in Name]: string } => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const members = new Map<string, unknown>(Object.entries(value))
  return members.size === names.length && names.every((name) => typeof members.get(name) === "string")
}

const string = '"(?:[^"\\\\]|\\\\.)*"'
const space = "[ \\t\\r\\n]*"
const member = `${space}${string}${space}:${space}${string}${space}`
const objectOfStrings = (members: number): RegExp =>
  new RegExp(`^${space}\\{${member}(?:,${member}){${members - 1}}\\}${space}$`, "u")
