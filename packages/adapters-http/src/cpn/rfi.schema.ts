/** Requests for information on the wire: what is asked, and what is sent in answer. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import { UtcTimestamp } from "../v1/card.schema.ts"
import { EncryptionCertificate, Jwe, RequirementsVersion } from "./field.schema.ts"
import { RequirementsSchema } from "./quote.schema.ts"

const Id = Schema.String.annotate({ format: "uuid" })

export const RfiStatus = Schema.Literals(["INFORMATION_REQUIRED", "IN_REVIEW", "APPROVED", "REJECTED"])

export const Rfi = Schema.Struct({
  id: Id,
  paymentId: Id,
  status: RfiStatus,
  level: Schema.Literals(["LEVEL_1", "LEVEL_2", "LEVEL_3"]),
  expireDate: UtcTimestamp.annotate({ description: "Until when it can be answered." }),
  certificate: EncryptionCertificate,
  fieldRequirements: RequirementsSchema,
  fileRequirements: Schema.Array(Schema.String).annotate({ description: "Keys of the files that are needed." }),
  optionalFileRequirements: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Keys of files that are taken beside them." })
  )
}).annotate({ identifier: "Rfi" })

export const SubmitRfiRequest = Schema.Struct({
  rfi: Schema.Struct({ version: RequirementsVersion, data: Jwe })
}).annotate({ identifier: "SubmitRfiRequest" })

/** `fileType` and `fileKey` are held against what is taken and asked for, which has error codes of its own. */
export const FileMetadata = Schema.Struct({
  fileName: text(1, 255),
  fileType: text(1, 127).annotate({ description: "Media type.", examples: ["application/pdf"] }),
  fileKey: text(1, 64).annotate({ description: "Which of the asked files it is.", examples: ["INVOICE"] })
}).annotate({ identifier: "FileMetadata" })

export const FileEncryption = Schema.Struct({
  encryptedAesKey: Jwe.annotate({ description: "JWE of a JSON text with the AES key of 16 bytes in base64." }),
  iv: text(16, 16).annotate({ description: "Nonce of 12 bytes, in base64." })
}).annotate({ identifier: "FileEncryption" })

/** The parts of the form, for the document. */
export const UploadForm = Schema.Struct({
  fileMetadata: FileMetadata,
  encryption: FileEncryption,
  encryptedFile: Schema.String.annotate({
    format: "binary",
    description: "AES-128-GCM, the tag at the end; at most 10 MB."
  })
})

export type RfiBody = typeof Rfi.Type
