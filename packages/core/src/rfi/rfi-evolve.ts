import { follow } from "../machine.ts"
import type { Rfi, RfiEvent } from "./rfi.ts"
import { rfiMachine } from "./rfi-machine.ts"

/** Before anything happened. */
export const noRfi: Rfi = {
  status: "none",
  id: "",
  merchantId: "",
  paymentId: "",
  party: "business",
  level: 1,
  fieldRequirements: { version: 1, title: "", description: "", fields: [] },
  fileRequirements: [],
  certificate: { id: "", domain: "", certificatePem: "", jwk: { kty: "EC", crv: "P-256", kid: "", x: "", y: "" } },
  answer: null,
  files: [],
  refusals: 0,
  failureCode: null,
  expiresAtMs: 0,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The request after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * const { certificate, fieldRequirements } = noRfi
 * const asked = { party: "business", level: 1, fieldRequirements, fileRequirements: [], certificate } as const
 * const named = { id: "rfi-1", merchantId: "merchant-1", paymentId: "payment-1" }
 * const raised = evolve(noRfi, { _tag: "RfiRaised", ...named, ...asked, expiresAtMs: 9, atMs: 5 })
 * evolve(raised, { _tag: "RfiExpired", atMs: 9 }).status // => "expired"
 */
export const evolve = (rfi: Rfi, event: RfiEvent): Rfi => {
  const status = follow(rfiMachine, rfi.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "RfiRaised": {
      const { _tag, atMs: createdAtMs, ...asked } = event
      const unanswered = { answer: null, files: [], refusals: 0, failureCode: null }
      return { ...asked, ...unanswered, status, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "RfiFileAttached":
      return { ...rfi, status, files: [...rfi.files, event.file], updatedAtMs: atMs }
    case "RfiSubmitted":
      return { ...rfi, status, answer: event.answer, updatedAtMs: atMs }
    case "RfiAnswerRefused": {
      const files = rfi.files.filter(({ key }) => !event.fileKeys.includes(key))
      return { ...rfi, status, answer: null, files, refusals: rfi.refusals + 1, updatedAtMs: atMs }
    }
    case "RfiRejected":
      return { ...rfi, status, failureCode: event.code, updatedAtMs: atMs }
    case "RfiApproved":
    case "RfiExpired":
      return { ...rfi, status, updatedAtMs: atMs }
  }
}
