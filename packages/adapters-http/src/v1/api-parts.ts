/** What the groups of the `/v1` definition are made of: answers, errors, and the middleware that the front stands in for. */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { ErrorBody } from "./account.schema.ts"

export const error = (status: number) => ErrorBody.pipe(HttpApiSchema.status(status))
export const data = <S extends Schema.Top>(schema: S, status = 200) =>
  Schema.Struct({ data: schema }).pipe(HttpApiSchema.status(status))
export const id = { id: Schema.String }

/** Says in the document that a key is needed. The front has asked for it long before. */
export class BearerKey extends HttpApiMiddleware.Service<BearerKey>()("@paykernel/adapters-http/v1/BearerKey", {
  security: { bearerAuth: HttpApiSecurity.bearer },
  error: error(401)
}) {}

/** Gives a query that does not decode the published shape. */
export class PublishedErrors extends HttpApiMiddleware.Service<PublishedErrors>()(
  "@paykernel/adapters-http/v1/PublishedErrors",
  { error: error(400) }
) {}

export const summary = (text: string) => OpenApi.annotations({ summary: text })
