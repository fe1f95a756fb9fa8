/**
 * Typed data that a wallet signs (EIP-712), as the plain JSON that wallets take: numbers are decimal texts. All of it is
 * flat or one level deep and of fixed size, so its digest is a few hashes.
 */
import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js"

export type TypedMember = { readonly name: string; readonly type: string }

export type TypedValue = string | boolean | { readonly [member: string]: TypedValue }

export type TypedRecord = { readonly [member: string]: TypedValue }

export type TypedData = {
  readonly domain: TypedRecord
  readonly message: TypedRecord
  readonly primaryType: string
  readonly types: { readonly [name: string]: ReadonlyArray<TypedMember> }
}

/** The 32 bytes that are signed, as `0x` and hexadecimal digits. */
export const digestOf = ({ domain, message, primaryType, types }: TypedData): string =>
  `0x${bytesToHex(
    keccak_256(
      concatBytes(Uint8Array.of(0x19, 0x01), hashOf(types, "EIP712Domain", domain), hashOf(types, primaryType, message))
    )
  )}`

type Types = TypedData["types"]

const hashOf = (types: Types, name: string, record: TypedRecord): Uint8Array => {
  const words = membersOf(types, name).map((member) => wordOf(types, member, record[member.name]))
  return keccak_256(concatBytes(keccak_256(utf8ToBytes(typeTextOf(types, name))), ...words))
}

/** The type with what it is made of, in the order of the standard: itself first, then the others by name. */
const typeTextOf = (types: Types, name: string): string =>
  [name, ...[...referencesOf(types, name)].filter((other) => other !== name).sort()]
    .map((one) => `${one}(${membersOf(types, one).map((member) => `${member.type} ${member.name}`)})`)
    .join("")

const referencesOf = (types: Types, name: string): ReadonlySet<string> =>
  new Set(
    membersOf(types, name).flatMap(({ type }) =>
      Object.hasOwn(types, type) ? [type, ...referencesOf(types, type)] : []
    )
  )

const membersOf = (types: Types, name: string): ReadonlyArray<TypedMember> => {
  const members = types[name]
  if (members === undefined) throw new Error(`the type ${name} is not defined`)
  return members
}

const wordOf = (types: Types, { type, name }: TypedMember, value: TypedValue | undefined): Uint8Array => {
  if (typeof value === "object") return hashOf(types, type, value)
  if (type === "bool" && typeof value === "boolean") return word(value ? 1n : 0n)
  if (typeof value !== "string") throw new Error(`the member ${name} has no value of its type`)
  switch (type) {
    case "string":
      return keccak_256(utf8ToBytes(value))
    case "bytes32":
    case "address":
    case "uint256":
      return word(BigInt(value))
    default:
      throw new Error(`values of the type ${type} are not signed here`)
  }
}

const word = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, "0"))
