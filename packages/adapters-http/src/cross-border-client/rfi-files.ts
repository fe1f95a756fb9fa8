/** Documents that a request for information asks for: checked, encrypted, and made into the form that is uploaded. */
import { Rfi as RfiRoom } from "@paykernel/core/domain"
import type { RfiBody } from "../cpn/rfi.schema.ts"
import type { CrossBorderProblem } from "./answer.ts"
import { encryptDocument } from "./encrypt.ts"

export type Document = {
  /** Which of the asked files it is. */
  readonly key: string
  readonly name: string
  /** IANA media type, in small letters. */
  readonly mediaType: string
  readonly content: Uint8Array
}

type FileProblem = Extract<CrossBorderProblem, { readonly _tag: "FileNotAsRequired" }>

/** The first thing that is wrong with the files of an answer; `undefined`: they can be sent. */
export const fileProblem = (
  { fileRequirements, optionalFileRequirements = [] }: RfiBody,
  documents: ReadonlyArray<Document>
): FileProblem | undefined => {
  const missing = fileRequirements.find((key) => !documents.some((document) => document.key === key))
  if (missing !== undefined) return problem(missing, "missing")
  const asked = [...fileRequirements, ...optionalFileRequirements]
  for (const { key, mediaType, content } of documents) {
    if (!asked.includes(key)) return problem(key, "not_asked_for")
    if (!RfiRoom.isRfiFileType(mediaType)) return problem(key, "type_not_taken")
    if (!RfiRoom.isContentOf(mediaType, content)) return problem(key, "content_differs")
    // The tag is part of what is sent.
    if (content.length + tagBytes > RfiRoom.rfiFileMaxBytes) return problem(key, "too_large")
  }
  return undefined
}

const tagBytes = 16

const problem = (key: string, why: FileProblem["why"]): FileProblem => ({ _tag: "FileNotAsRequired", key, why })

/** The form of one document. */
export const documentForm = async (
  { certificate }: RfiBody,
  { key, name, mediaType, content }: Document
): Promise<FormData> => {
  const encrypted = await encryptDocument(certificate, content)
  const form = new FormData()
  form.set("fileMetadata", JSON.stringify({ fileName: name, fileType: mediaType, fileKey: key }))
  form.set("encryption", JSON.stringify({ encryptedAesKey: encrypted.encryptedAesKey, iv: encrypted.iv }))
  form.set("encryptedFile", new Blob([encrypted.content], { type: "application/octet-stream" }), "encrypted")
  return form
}
