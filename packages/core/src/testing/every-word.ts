/** Every word that may stand in a message or a record. A word that is new to its type does not compile until it is here. */
import type { AttemptKind, CvvResult } from "../attempt/attempt.ts"
import type { Eci, VerificationMethod } from "../payment/payment.ts"

/** The words of a type, each of which has to be named. */
export const wordsOf = <Word extends string>(all: { readonly [Name in Word]: true }): ReadonlyArray<Word> =>
  Object.keys(all) as Array<Word>

export const everyAttemptKind = wordsOf<AttemptKind>({ authorize: true, capture: true, void: true, refund: true })

export const everyEci = wordsOf<Eci>({ "00": true, "01": true, "02": true, "05": true, "06": true, "07": true })

export const everyCvvResult = wordsOf<CvvResult>({
  ...{ not_requested: true, pass: true, fail: true, unavailable: true, pending: true }
})

export const everyVerificationMethod = wordsOf<VerificationMethod>({ none: true, cvv: true, three_d_secure: true })
