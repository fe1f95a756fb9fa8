/** What is bound to a secret, as bytes that nothing else gives. */

/**
 * Fields as one byte string that no other list of fields gives: each is preceded by its length, so moving a
 * character from one field to its neighbour changes the bytes. Throws on an empty field and on lone surrogates,
 * which UTF-8 cannot tell apart.
 */
export const framed = (fields: ReadonlyArray<string>): Uint8Array<ArrayBuffer> => {
  const parts = fields.map((field) => {
    if (field === "" || !field.isWellFormed()) throw new TypeError("a field of the place is empty or not well-formed")
    return new TextEncoder().encode(field)
  })
  const bytes = new Uint8Array(parts.reduce((total, part) => total + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}
