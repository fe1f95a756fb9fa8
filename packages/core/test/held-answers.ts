/** What a mortal client was answered under each of its keys: the first answer is the answer. */
import type { IdempotentRequest } from "@paykernel/core"

export type HeldAnswers = {
  /** By key. */
  readonly told: Map<string, string>
  /** What contradicts it. */
  readonly complaints: Array<string>
}

/** Remembers the first answer under a key, and compares the others with it. */
export const hold = ({ told, complaints }: HeldAnswers, key: string, answer: string | undefined): void => {
  if (answer === undefined) return
  const first = told.get(key) ?? answer
  if (first !== answer) complaints.push(`${key}: first ${first}, then ${answer}`)
  told.set(key, first)
}

/** A request that is answered with an id. `meaning`: what it asks for; the key's own unless another one is given. */
export const requestOf = <View>(
  key: string,
  idOf: (view: View) => string,
  meaning: string = key
): IdempotentRequest<View> => ({
  scope: "test",
  key,
  meaning: { meaning },
  answer: (view) => ({ status: 201, body: idOf(view) })
})
