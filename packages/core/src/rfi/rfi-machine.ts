import type { Machine } from "../machine.ts"
import type { RfiEvent, RfiStatus } from "./rfi.ts"

/**
 * Every legal move of a request for information. The network may decide what was never seen to be submitted: the answer
 * can reach it although nobody heard so.
 */
export const rfiMachine: Machine<RfiStatus, RfiEvent["_tag"]> = {
  none: { RfiRaised: "information_required" },
  information_required: {
    RfiFileAttached: "information_required",
    RfiSubmitted: "in_review",
    RfiApproved: "approved",
    RfiRejected: "rejected",
    RfiExpired: "expired"
  },
  in_review: { RfiAnswerRefused: "information_required", RfiApproved: "approved", RfiRejected: "rejected" },
  approved: {},
  rejected: {},
  expired: {}
}
