/** An answer before it is an HTTP response: plain data, so that it can be kept, compared and replayed. */

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

/** A page that loads nothing and runs nothing; `styleHash` admits its one inline style sheet. */
export const html = (status: number, body: string, styleHash?: string): Answer => ({
  status,
  headers: {
    "content-type": htmlType,
    "content-security-policy": `default-src 'none'; ${
      styleHash === undefined ? "" : `style-src '${styleHash}'; `
    }form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
    "referrer-policy": "no-referrer"
  },
  body
})

export const toResponse = ({ status, headers, body }: Answer): Response => new Response(body, { status, headers })
