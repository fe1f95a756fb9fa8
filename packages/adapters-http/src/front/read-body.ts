/**
 * Reads the body of a request, or of a response, and gives up as soon as it is too large. A declared length is believed only to refuse: what
 * counts is what arrives, since whoever embeds the handler owns the server in front of it.
 */

export type BodyFault = { readonly _tag: "BodyTooLarge" } | { readonly _tag: "BodyInterrupted" }

export const declaredTooLarge = (request: Request, bytesMax: number): boolean => {
  const declared = request.headers.get("content-length")
  return declared !== null && (declared.length > 15 || Number(declared) > bytesMax)
}

export const readBody = async (request: Pick<Request, "body">, bytesMax: number): Promise<Uint8Array | BodyFault> => {
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Array<Uint8Array> = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joined(chunks, size)
      size += value.length
      if (size > bytesMax) {
        // Not awaited: a source that never confirms its cancellation must not hold the answer back.
        reader.cancel().catch(() => undefined)
        return { _tag: "BodyTooLarge" }
      }
      chunks.push(value)
    }
  } catch {
    return { _tag: "BodyInterrupted" }
  }
}

const joined = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [only] = chunks
  if (only !== undefined && chunks.length === 1) return only
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
