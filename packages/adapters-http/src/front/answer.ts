/** An answer before it is an HTTP response: plain data, so that it can be kept, compared and replayed. */
import { toBase64 } from "../base64.ts"

export type Answer = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  /** `null`: no body at all, as with 202, 204 and 303. */
  readonly body: string | null
}

export const jsonType = "application/json; charset=utf-8"
export const htmlType = "text/html; charset=utf-8"

/** A body that is JSON text already. */
export const jsonText = (status: number, body: string, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "content-type": jsonType, ...headers },
  body
})

export const json = (status: number, value: unknown, headers: Answer["headers"] = {}): Answer =>
  jsonText(status, JSON.stringify(value), headers)

export const empty = (status: number, headers: Answer["headers"] = {}): Answer => ({ status, headers, body: null })

/** A page that loads nothing and runs nothing; `hash` admits its one inline style sheet. */
export const html = (status: number, body: string, hash: string): Answer => ({
  status,
  headers: {
    "content-type": htmlType,
    "content-security-policy": `${nothing}; style-src '${hash}'`,
    "referrer-policy": "no-referrer"
  },
  body
})

const nothing = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** What names an inline style sheet in a content security policy (CSP Level 3 §2.3.1). */
export const styleHash = async (style: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))
  return `sha256-${toBase64(new Uint8Array(digest))}`
}

export const toResponse = ({ status, headers, body }: Answer): Response => new Response(body, { status, headers })
