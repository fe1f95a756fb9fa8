/** The OpenAPI document of `/v1`, generated from the definition that also serves it. */
import * as OpenApi from "effect/http-api/OpenApi"
import { Api } from "../v1/api.ts"

export type OpenApiDocument = { readonly [name: string]: unknown }

export const openApiDocument = (): OpenApiDocument => ({ ...OpenApi.fromApi(Api) })

/** The document as it is committed and served, byte for byte. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`
