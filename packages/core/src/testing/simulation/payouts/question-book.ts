/** What has become of each request for information, by its events, and compared with what the network has decided. */
import type { SubmittedRfi } from "../../../ports/payout-network.ts"
import type { Rfi, RfiEvent } from "../../../rfi/rfi.ts"
import type { Report } from "../problems.ts"
import type { Institution } from "./institution.ts"

export type QuestionEntry = { readonly id: string; readonly paymentId: string; stored: Rfi }

export type QuestionBook = {
  readonly entries: ReadonlyMap<string, QuestionEntry>
  readonly write: (id: string, stored: Rfi, events: ReadonlyArray<RfiEvent>) => void
  /** A client has given this text for it: an answer, or the key of a file. */
  readonly given: (rfiId: string, text: string) => void
  /** Called when an answer is about to leave a process. */
  readonly leaving: (answer: SubmittedRfi) => QuestionEntry | undefined
}

export const openQuestionBook = ({ standing, book }: Institution, report: Report): QuestionBook => {
  const entries = new Map<string, QuestionEntry>()
  const texts = new Map<string, Set<string>>()
  const ofClients = (rfiId: string): Set<string> => texts.get(rfiId) ?? new Set()

  const check = ({ id, paymentId }: QuestionEntry, { _tag }: RfiEvent): void => {
    const truth = standing(paymentId)?.rfis.find((one) => one.id === id)
    if (truth === undefined) report("TRUTH", `${id} is recorded, and the network has never asked it`)
    const said = _tag === "RfiApproved" ? "Approved" : _tag === "RfiRejected" ? "Rejected" : null
    if (said !== null && truth?.outcome?._tag !== said)
      report("TRUTH", `${id} is ${said}, and the network does not say so`)
    // What it has decided by itself it may have decided just now; an answer was heard of before it was sent.
    const answered = book.payments.get(paymentId)?.rfis.find((one) => one.id === id)?.answer
    if (_tag === "RfiExpired" && answered != null && answered.digest !== "")
      report("TRUTH", `${id} has expired, and the network has its answer`)
  }
  return {
    entries,
    write: (id, stored, events) => {
      const entry = entries.get(id) ?? { id, paymentId: stored.paymentId, stored }
      entries.set(id, entry)
      entry.stored = stored
      for (const event of events) check(entry, event)
    },
    given: (rfiId, text) => texts.set(rfiId, ofClients(rfiId).add(text)),
    leaving: ({ rfiId, answer, files }) => {
      const entry = entries.get(rfiId)
      if (entry === undefined) {
        report("TRUTH", `${rfiId} is answered, and nothing says that it was asked`)
        return undefined
      }
      const sent = [answer.jwe, ...files.map(({ encryptedKey }) => encryptedKey)]
      const foreign = sent.some((text) => !ofClients(rfiId).has(text))
      if (foreign) report("TRUTH", `${rfiId} is answered with what nobody has given`)
      return entry
    }
  }
}
