/** What the groups of the `/api` definition are made of. */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import { ErrorBody } from "./shown.schema.ts"

export const error = (status: number) => ErrorBody.pipe(HttpApiSchema.status(status))

/** Says in the document that a key is needed. The front asks for it. */
export class BearerKey extends HttpApiMiddleware.Service<BearerKey>()("@paykernel/adapters-http/api/BearerKey", {
  security: { bearerAuth: HttpApiSecurity.bearer },
  error: error(401)
}) {}

export const summary = (text: string) => OpenApi.annotations({ summary: text })
