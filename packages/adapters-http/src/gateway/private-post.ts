/** The receiving end of a message between processes: who may send one, how large it may be, and that it is text. */
import { type Answer, empty, jsonText, toResponse } from "../front/answer.ts"
import { isPlainJson } from "../front/media-type.ts"
import { declaredTooLarge, readBody } from "../front/read-body.ts"

/** A refusal says what was wrong with the request and nothing of what was in it. */
export const refusal = (status: number, headers: Answer["headers"] = {}): Response =>
  toResponse(empty(status, { ...guarded, ...headers }))

export const unauthorized = (): Response => refusal(401, { "www-authenticate": "Bearer" })

export const message = (text: string): Response => toResponse(jsonText(200, text, guarded))

/** The text of a body, or the refusal of one. */
export const readPost = async (request: Request, bodyBytesMax: number): Promise<string | Response> => {
  if (declaredTooLarge(request, bodyBytesMax)) return refusal(413)
  if (!isPlainJson(request)) return refusal(415)
  const bytes = await readBody(request, bodyBytesMax)
  if (!(bytes instanceof Uint8Array)) return refusal(bytes._tag === "BodyTooLarge" ? 413 : 400)
  return decodeUtf8(bytes) ?? refusal(400)
}

/** The text that bytes are in UTF-8, or nothing where they are none. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" }
