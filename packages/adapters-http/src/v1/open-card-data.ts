/** Encrypted card data of a request, opened. Whatever is wrong with a message is told in the same words. */
import type { Cvv, Pan } from "@paykernel/core"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import { invalidValue } from "../fields/field-error.ts"
import type { CardDoor, CardDoorRejection } from "../openpgp/index.ts"
import type { Operation } from "./operation.ts"
import { encryptionKeyNotFound, invalidField, type PublishedError, unavailable } from "./published-error.ts"

type Encrypted = { readonly keyId?: string; readonly encryptedData: string }

/** A card number and its security code. */
export const openCard = (door: CardDoor, message: Encrypted): Operation<{ readonly pan: Pan; readonly cvv: Cvv }> =>
  open(message, door.decryptCard)

/** A security code alone. */
export const openCvv = (door: CardDoor, message: Encrypted): Operation<{ readonly cvv: Cvv }> =>
  open(message, door.decryptCvv)

type OpenFailure = CardDoorRejection | { readonly _tag: "PanMalformed" | "PanChecksumFailed" | "CvvMalformed" }
type Decrypt<A> = (keyId: string, encryptedData: string) => Promise<Result.Result<A, OpenFailure>>

const open = <A>({ keyId, encryptedData }: Encrypted, decrypt: Decrypt<A>): Operation<A> => {
  if (keyId === undefined) return Effect.fail(encryptionKeyNotFound)
  const opened = Effect.promise(() => decrypt(keyId, encryptedData))
  return Effect.mapError(Effect.flatMap(opened, Effect.fromResult), ({ _tag }) => answers[_tag])
}

const unreadable = invalidField("encryptedData", invalidValue("could not be read"))

const answers: { readonly [Tag in OpenFailure["_tag"]]: PublishedError } = {
  EncryptionKeyUnknown: encryptionKeyNotFound,
  CardDataUnreadable: unreadable,
  CvvMalformed: unreadable,
  PanMalformed: { status: 400, code: 1032, message: "The account number is invalid or missing." },
  PanChecksumFailed: { status: 400, code: 1110, message: "The card number is invalid." },
  DoorBusy: unavailable(1000)
}
