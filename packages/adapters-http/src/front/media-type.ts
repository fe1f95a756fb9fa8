/** What a body may be: JSON in UTF-8, and not compressed, so that its size is known before it is read. */

export const isPlainJson = (request: Request): boolean => {
  const encoding = request.headers.get("content-encoding")
  if (encoding !== null && encoding.trim().toLowerCase() !== "identity") return false
  return jsonType.test((request.headers.get("content-type") ?? "").trim())
}

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-?8"?)?$/iu
