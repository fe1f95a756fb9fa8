/** The name of one request in the logs of both sides. A client may choose it; anything but a UUID is replaced. */

export const requestIdOf = (request: Request, newRequestId: () => string): string => {
  const given = request.headers.get("x-request-id")
  return given !== null && isUuid(given) ? given : newRequestId()
}

/** RFC 9562 text form, any version, any case. */
export const isUuid = (text: string): boolean => uuidShape.test(text)

const uuidShape = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/u
