/** How the controls of the sandbox answer: in the shapes of the API beside which they stand. */

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(value, { status, headers: { "cache-control": "no-store", ...headers } })

type FieldError = { readonly error: "invalid_value"; readonly message: string; readonly location: string }

export const refusal = (
  status: number,
  code: number,
  message: string,
  errors?: ReadonlyArray<FieldError>,
  headers: Readonly<Record<string, string>> = {}
): Response => json(status, { code, message, ...(errors === undefined ? {} : { errors }) }, headers)

export const invalid = (location: string, says: string): Response => {
  const message = `${location} ${says}`
  return refusal(400, 2, `Invalid entity.\n${message}`, [{ error: "invalid_value", message, location }])
}
