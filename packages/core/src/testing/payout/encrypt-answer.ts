/** What an originating institution does before it sends personal data: encrypts it for the certificate that was shown. */
import { CompactEncrypt, importJWK } from "jose"
import type { EncryptedFile } from "../../ports/payout-network.ts"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import type { FieldRequirement, FieldRequirements, FieldType } from "../../requirement/requirement.ts"

export type Encryption = { readonly alg: string; readonly enc: string }

const published: Encryption = { alg: "ECDH-ES+A128KW", enc: "A128GCM" }

/** JSON as a JWE in compact form. Another encryption than the published one is for seeing it refused. */
export const encryptJson = async (
  { jwk }: EncryptionCertificate,
  json: unknown,
  { alg, enc }: Encryption = published
): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(json)))
    .setProtectedHeader({ alg, enc })
    .encrypt(await importJWK({ ...jwk }, alg))

/** An array of `{ name, value }`, as travel-rule data and accounts are sent. */
export const encryptList = (certificate: EncryptionCertificate, fields: Fields): Promise<string> =>
  encryptJson(
    certificate,
    Object.entries(fields).map(([name, value]) => ({ name, value }))
  )

/** A file that is what it says, as short as it can be. */
export const examplePdf: Uint8Array = new TextEncoder().encode("%PDF-1.7\n")

/** A file with a key and nonce of its own. */
export const encryptFile = async (
  certificate: EncryptionCertificate,
  { key, mediaType, content }: { readonly key: string; readonly mediaType: string; readonly content: Uint8Array }
): Promise<EncryptedFile> => {
  const raw = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"])
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, tagLength: 128 }, aes, new Uint8Array(content))
  const encryptedKey = await encryptJson(certificate, btoa(String.fromCharCode(...raw)))
  return { key, mediaType, encryptedKey, iv, content: new Uint8Array(sealed) }
}

export type Fields = { readonly [name: string]: unknown }

/** An answer that meets the requirements, about people who do not exist. */
export const exampleAnswer = ({ fields }: FieldRequirements, change: Fields = {}): Fields => ({
  ...Object.fromEntries(
    fields.filter(({ optional }) => !optional).map((field) => [field.name, field.values?.[0] ?? exampleOf(field)])
  ),
  ...change
})

const address = { street: "1 Main Street", city: "Springfield", country: "US" }
const person = { name: "Jo Example", address, dateOfBirth: "1980-02-29" }
const company = { name: "Example Ltd", address, dateOfFormation: "2001-01-01", countryOfFormation: "US" }

const exampleOf = ({ type, name }: FieldRequirement): unknown => (type === "text" ? `Some ${name}` : examples[type])

const examples: { readonly [type in Exclude<FieldType, "text">]: unknown } = {
  date: "1990-12-31",
  country: "US",
  boolean: false,
  address,
  individual: person,
  beneficiary_owner: { ...person, percentage: 25 },
  intermediary_owner: { ...company, percentage: 50 }
}
