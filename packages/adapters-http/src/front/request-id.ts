/** The name of one request in the logs of both sides. A client may choose it; anything but a UUID is replaced. */
import { isUuid } from "../uuid.ts"

export const requestIdOf = (request: Request, newRequestId: () => string): string => {
  const given = request.headers.get("x-request-id")
  return given !== null && isUuid(given) ? given : newRequestId()
}
