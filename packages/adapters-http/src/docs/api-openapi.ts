/** The OpenAPI document of `/api`, generated from the definition that also serves it. */
import * as OpenApi from "effect/http-api/OpenApi"
import { Api } from "../api/api.ts"
import type { OpenApiDocument } from "./openapi.ts"

export const apiDocument = (): OpenApiDocument => ({ ...OpenApi.fromApi(Api) })

/** The document as it is committed and served, byte for byte. */
export const apiDocumentText = (): string => `${JSON.stringify(apiDocument(), null, 2)}\n`
