/** What the client's functions answer with: a value, or what stood in the way. */

/** One field that the server does not take. */
export type FieldProblem = { readonly location: string; readonly message: string }

/** Which of the encrypted answers is meant. */
export type AnswerPart = "travelRule" | "beneficiaryAccount" | "rfi"

export type CrossBorderProblem =
  /** Nothing was sent: fields are missing, or not as the requirements have them. Their names, never what stands in them. */
  | { readonly _tag: "AnswerNotAsRequired"; readonly part: AnswerPart; readonly fields: ReadonlyArray<string> }
  /** Nothing was sent: a file is missing, was not asked for, or cannot be sent as it is. */
  | {
      readonly _tag: "FileNotAsRequired"
      readonly key: string
      readonly why: "missing" | "not_asked_for" | "type_not_taken" | "content_differs" | "too_large"
    }
  /** The server says no, under one of the published codes. */
  | {
      readonly _tag: "Refused"
      readonly status: number
      readonly code: number
      readonly message: string
      readonly fields: ReadonlyArray<FieldProblem>
    }
  /** No answer came, so whether it took effect is not known. The same call under the same idempotency key finds out. */
  | { readonly _tag: "Unreachable"; readonly reason: string }
  /** Something answered that is not this API. */
  | { readonly _tag: "Unreadable"; readonly status: number }

export type Answer<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly error: CrossBorderProblem }

export const answered = <A>(value: A): Answer<A> => ({ ok: true, value })

export const failed = (error: CrossBorderProblem): Answer<never> => ({ ok: false, error })

/** The next step, if there was a value to take it with. */
export const andThen = async <A, B>(
  answer: Answer<A> | Promise<Answer<A>>,
  next: (value: A) => Answer<B> | Promise<Answer<B>>
): Promise<Answer<B>> => {
  const first = await answer
  return first.ok ? next(first.value) : first
}
