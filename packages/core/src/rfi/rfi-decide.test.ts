import { describe, expect, it } from "vitest"
import { exampleFile, exampleRfi } from "../testing/arbitraries/rfi-arbitraries.ts"
import { decider } from "../testing/decider.ts"
import {
  decide,
  evolve,
  isActive,
  isRfiFileType,
  noRfi,
  type RfiCommand,
  type RfiFile,
  type RfiStatus,
  rfiFileMaxBytes,
  rfiFilesMax,
  rfiFileTypes
} from "./index.ts"

const { given, history, fold } = decider({ initial: noRfi, decide, evolve })

const atMs = 1_005

const attach = (file: RfiFile, nowMs = atMs): RfiCommand => ({ _tag: "AttachFile", file, nowMs })
const submit = (recordId = "record-1", nowMs = atMs, version = 1): RfiCommand => ({
  _tag: "SubmitRfi",
  answer: { version, recordId },
  nowMs
})
const approve: RfiCommand = { _tag: "RecordOutcome", outcome: { _tag: "Approved" }, nowMs: atMs }
const reject: RfiCommand = { _tag: "RecordOutcome", outcome: { _tag: "Rejected", code: "PM03002" }, nowMs: atMs }
const expire = (nowMs = 1_010): RfiCommand => ({ _tag: "ExpireRfi", nowMs })

const files = ["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT", "ORG_STRUCTURE"].map((key) => exampleFile(key))

describe("a request for information", () => {
  it.each([1, 2, 3] as const)("is raised at level %i, and not for ever", (level) => {
    const { _tag, nowMs, ...asked } = exampleRfi(level)
    const { tasks, ledger } = given()
      .when(exampleRfi(level))
      .then({ _tag: "RfiRaised", ...asked, atMs: nowMs })
    expect(ledger).toEqual([])
    expect(tasks).toEqual([
      {
        id: "rfi-1:expire-rfi",
        kind: "expire_rfi",
        aggregate: { type: "rfi", id: "rfi-1" },
        subject: "rfi-1",
        dueAtMs: 1_010
      }
    ])
  })

  it.each([1_000, 999, Number.NaN])("has to be answerable: %s", (expiresAtMs) => {
    given()
      .when({ ...exampleRfi(1), expiresAtMs })
      .thenRejected({ _tag: "RfiExpiryNotAhead" })
  })

  it("is answered once, and handed on at once", () => {
    const { tasks } = given(...history(exampleRfi(1)))
      .when(submit())
      .then({ _tag: "RfiSubmitted", answer: { version: 1, recordId: "record-1" }, atMs })
    expect(tasks).toMatchObject([
      { id: "rfi-1:submit-rfi:record-1", subject: "record-1", kind: "submit_rfi", dueAtMs: atMs }
    ])
    const answered = given(...history(exampleRfi(1), submit()))
    answered.when(submit()).thenNothing()
    answered.when(submit("record-2")).thenRejected({ _tag: "RfiNotSubmittable", status: "in_review" })
  })

  it("is answered in time, and by the rules that it was asked by", () => {
    const raised = given(...history(exampleRfi(1)))
    raised.when(submit("record-1", 1_010)).thenRejected({ _tag: "RfiHasExpired", expiredAtMs: 1_010 })
    raised.when(submit("record-1", atMs, 2)).thenRejected({ _tag: "RequirementsVersionDiffers", asked: 1 })
    expect(history(exampleRfi(1), submit("record-1", 1_009))).toHaveLength(2)
  })

  it("is open again where the network could not take the answer, for as long as there is time", () => {
    const refuse = (recordId = "record-1", fileKeys: ReadonlyArray<string> = []): RfiCommand => ({
      ...{ _tag: "RefuseAnswer", recordId, fileKeys, nowMs: atMs }
    })
    const answered = history(exampleRfi(3), ...files.map((file) => attach(file)), submit())
    const { tasks } = given(...answered)
      .when(refuse("record-1", ["ORG_STRUCTURE"]))
      .then({ _tag: "RfiAnswerRefused", fileKeys: ["ORG_STRUCTURE"], atMs })
    expect(tasks).toMatchObject([{ id: "rfi-1:expire-rfi:1", kind: "expire_rfi", dueAtMs: 1_010 }])
    given(...answered)
      .when(refuse("record-2"))
      .thenNothing()
    const again = [exampleRfi(3), ...files.map((file) => attach(file)), submit(), refuse("record-1", ["ORG_STRUCTURE"])]
    expect(fold(history(...again))).toMatchObject({ status: "information_required", answer: null, refusals: 1 })
    given(...history(...again))
      .when(submit("record-2"))
      .thenRejected({ _tag: "RfiFilesMissing", keys: ["ORG_STRUCTURE"] })
    given(...history(...again, attach(exampleFile("ORG_STRUCTURE", "better"))))
      .when(submit("record-2"))
      .then({ _tag: "RfiSubmitted", answer: { version: 1, recordId: "record-2" }, atMs })
  })

  it("holds nothing of what was answered but where it is kept", () => {
    const answered = fold(history(exampleRfi(3), ...files.map((file) => attach(file)), submit()))
    expect(answered).toMatchObject({ status: "in_review", answer: { version: 1, recordId: "record-1" }, files })
    expect(Object.keys(answered.files[0] ?? {}).sort()).toEqual(["id", "key", "mediaType", "recordId", "sizeBytes"])
  })
})

describe("files of an answer", () => {
  it("are needed where they are asked for", () => {
    given(...history(exampleRfi(3), attach(exampleFile("ORG_STRUCTURE"))))
      .when(submit())
      .thenRejected({ _tag: "RfiFilesMissing", keys: ["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT"] })
  })

  it("count once, however often they are sent", () => {
    given(...history(exampleRfi(3), attach(exampleFile("INVOICE"))))
      .when(attach(exampleFile("INVOICE")))
      .thenNothing()
    expect(
      fold(history(exampleRfi(3), ...[1, 2].map((n) => attach(exampleFile("INVOICE", `f-${n}`))))).files
    ).toHaveLength(2)
  })

  it.each([
    ["a key that was not asked for", { key: "ID_DOCUMENT" }, { _tag: "RfiFileNotAsked", key: "ID_DOCUMENT" }],
    ["a type that is not taken", { mediaType: "image/svg+xml" }, { _tag: "RfiFileTypeUnsupported" }],
    ["too many bytes", { sizeBytes: rfiFileMaxBytes + 1 }, { _tag: "RfiFileTooLarge", maxBytes: rfiFileMaxBytes }]
  ] as const)("are refused for %s", (_, change, rejection) => {
    given(...history(exampleRfi(3)))
      .when(attach({ ...exampleFile("INVOICE"), ...change }))
      .thenRejected(rejection)
  })

  it("may be as large as the bound, and no more of them than that", () => {
    const many = Array.from({ length: rfiFilesMax }, (_, n) =>
      attach({ ...exampleFile("INVOICE", `file-${n}`), sizeBytes: rfiFileMaxBytes })
    )
    given(...history(exampleRfi(3), ...many))
      .when(attach(exampleFile("INVOICE", "one-more")))
      .thenRejected({ _tag: "TooManyRfiFiles", limit: rfiFilesMax })
  })

  it("come before the answer, and in time", () => {
    given(...history(exampleRfi(3), ...files.map((file) => attach(file)), submit()))
      .when(attach(exampleFile("INVOICE")))
      .thenRejected({ _tag: "RfiNotSubmittable", status: "in_review" })
    given(...history(exampleRfi(3)))
      .when(attach(exampleFile("INVOICE"), 1_010))
      .thenRejected({ _tag: "RfiHasExpired", expiredAtMs: 1_010 })
  })

  it("are of the published types", () => {
    expect(rfiFileTypes.every(isRfiFileType)).toBe(true)
    expect(["application/PDF", "application/zip", ""].some(isRfiFileType)).toBe(false)
  })
})

describe("the decision", () => {
  it.each([
    ["in review", [exampleRfi(1), submit()]],
    ["never seen to be answered", [exampleRfi(1)]]
  ])("is believed of a request that is %s", (_, life) => {
    expect(fold(history(...life, approve)).status).toBe("approved")
    expect(fold(history(...life, reject))).toMatchObject({ status: "rejected", failureCode: "PM03002" })
  })

  it("stands once it was made", () => {
    for (const [first, second] of [
      [approve, reject],
      [reject, approve]
    ] as const) {
      given(...history(exampleRfi(1), submit(), first))
        .when(second)
        .thenNothing()
    }
  })
})

describe("the end of the time", () => {
  it("ends what nobody answered, and leaves alone what was", () => {
    given(...history(exampleRfi(1)))
      .when(expire(1_009))
      .thenRejected({ _tag: "RfiNotDue", dueAtMs: 1_010 })
    given(...history(exampleRfi(1)))
      .when(expire())
      .then({ _tag: "RfiExpired", atMs: 1_010 })
    given(...history(exampleRfi(1), submit()))
      .when(expire())
      .thenNothing()
  })
})

describe("every command in every state", () => {
  const lives: { readonly [Status in RfiStatus]: ReadonlyArray<RfiCommand> } = {
    none: [],
    information_required: [exampleRfi(1)],
    in_review: [exampleRfi(1), submit()],
    approved: [exampleRfi(1), submit(), approve],
    rejected: [exampleRfi(1), submit(), reject],
    expired: [exampleRfi(1), expire()]
  }
  const commands = [exampleRfi(1), attach(exampleFile("INVOICE")), submit("record-2"), approve, expire()]
  const absent = "RfiNotFound"
  const exists = "RfiAlreadyExists"
  const answered = "RfiNotSubmittable"

  it.each<[RfiStatus, ReadonlyArray<string>]>([
    ["none", ["RfiRaised", absent, absent, absent, absent]],
    ["information_required", [exists, "RfiFileNotAsked", "RfiSubmitted", "RfiApproved", "RfiExpired"]],
    ["in_review", [exists, answered, answered, "RfiApproved", "nothing"]],
    ["approved", [exists, answered, answered, "nothing", "nothing"]],
    ["rejected", [exists, answered, answered, "nothing", "nothing"]],
    ["expired", [exists, "RfiHasExpired", "RfiHasExpired", "nothing", "nothing"]]
  ])("of a request that is %s", (status, expected) => {
    const rfi = fold(history(...lives[status]))
    expect(rfi.status).toBe(status)
    expect(isActive(rfi)).toBe(status === "information_required" || status === "in_review")
    const answers = commands.map((command) => {
      const decided = decide(rfi, command)
      if (decided._tag === "Failure") return decided.failure._tag
      return decided.success.events.map(({ _tag }) => _tag).join() || "nothing"
    })
    expect(answers).toEqual(expected)
  })
})
