/**
 * What browsers say that the pages' policy kept them from. It tells an operator that somebody smuggled something in, and
 * anybody can send it: so it is read within bounds, counted, and kept of it is a few words that name no page and no payer.
 */
import { declaredTooLarge, readBody } from "../front/read-body.ts"

/** One kind of refusal. */
export type PolicyReport = {
  /** The directive that refused, such as `script-src`; `unknown` where it was none of a policy's. */
  readonly directive: string
  /** The origin that was asked for, or a word such as `inline`; `unknown` for anything else. */
  readonly blocked: string
  /** How often it has been told since these pages were opened. */
  readonly count: number
}

export const reportBytesMax = 16 * 1024
const reportsMax = 20
const kindsMax = 200

/** Reads a request of either kind (CSP Level 3 §5.3, §5.4): the refusals in it, or `undefined` where it is no such request. */
export const readPolicyReports = async (
  request: Request
): Promise<ReadonlyArray<Omit<PolicyReport, "count">> | undefined> => {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (!types.has(type) || declaredTooLarge(request, reportBytesMax)) return undefined
  const bytes = await readBody(request, reportBytesMax)
  const json = bytes instanceof Uint8Array ? jsonIn(bytes) : undefined
  if (json === undefined) return undefined
  const reports: ReadonlyArray<unknown> = Array.isArray(json) ? json : [json]
  return reports.slice(0, reportsMax).flatMap((report) => {
    const { body, "csp-report": older, type: kind } = fieldsOf(report)
    if (older === undefined && kind !== "csp-violation") return []
    const fields = fieldsOf(older ?? body)
    const directive = fields["effectiveDirective"] ?? fields["effective-directive"] ?? fields["violated-directive"]
    return [{ directive: directiveOf(directive), blocked: blockedOf(fields["blockedURL"] ?? fields["blocked-uri"]) }]
  })
}

/** Counts refusals by kind. There are never more kinds than a host can look at: what is over that is one kind more. */
export const policyReportCounter = () => {
  const counts = new Map<string, number>()
  return ({ directive, blocked }: Omit<PolicyReport, "count">): PolicyReport => {
    const named = `${directive} ${blocked}`
    const isKnown = counts.has(named) || counts.size < kindsMax
    const kind = isKnown ? { directive, blocked } : { directive: "other", blocked: "other" }
    const name = `${kind.directive} ${kind.blocked}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return { ...kind, count }
  }
}

const types: ReadonlySet<string> = new Set(["application/csp-report", "application/reports+json"])

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null ? { ...value } : {}

const directiveOf = (value: unknown): string => {
  const [name = ""] = typeof value === "string" ? value.slice(0, 100).split(" ") : []
  return directiveShape.test(name) ? name : "unknown"
}

const directiveShape = /^[a-z]{2,20}(?:-[a-z]{2,20}){0,4}$/u

/** Only the origin: a path may be that of a page, which nobody else is to know. */
const blockedOf = (value: unknown): string => {
  if (typeof value !== "string" || value.length > 2048) return "unknown"
  if (wordShape.test(value)) return value
  const url = URL.canParse(value) ? new URL(value) : undefined
  const origin = url === undefined ? "unknown" : url.origin === "null" ? url.protocol : url.origin
  return origin.length > 255 ? "unknown" : origin
}

const wordShape = /^[a-z][a-z-]{0,39}$/u
