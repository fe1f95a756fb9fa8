/** Requests for information as the cross-border API shows them. */
import type { Rfi } from "@paykernel/core"
import { isoDate } from "../v1/iso-date.ts"
import { renderCertificate } from "./render-parts.ts"
import { renderSchema } from "./render-quote.ts"
import type { RfiBody } from "./rfi.schema.ts"

/** What was not answered in time is refused, to whoever looks at it. */
export const rfiStatuses = {
  none: "INFORMATION_REQUIRED",
  information_required: "INFORMATION_REQUIRED",
  in_review: "IN_REVIEW",
  approved: "APPROVED",
  rejected: "REJECTED",
  expired: "REJECTED"
} as const satisfies { readonly [Status in Rfi["status"]]: RfiBody["status"] }

const levels = { 1: "LEVEL_1", 2: "LEVEL_2", 3: "LEVEL_3" } as const satisfies {
  readonly [Level in Rfi["level"]]: RfiBody["level"]
}

export const renderRfi = (rfi: Rfi): RfiBody => {
  const keysOf = (isOptional: boolean) =>
    rfi.fileRequirements.filter(({ optional }) => optional === isOptional).map(({ key }) => key)
  const optional = keysOf(true)
  return {
    id: rfi.id,
    paymentId: rfi.paymentId,
    status: rfiStatuses[rfi.status],
    level: levels[rfi.level],
    expireDate: isoDate(rfi.expiresAtMs),
    certificate: renderCertificate(rfi.certificate),
    fieldRequirements: renderSchema(rfi.fieldRequirements),
    fileRequirements: keysOf(false),
    ...(optional.length === 0 ? {} : { optionalFileRequirements: optional })
  }
}
