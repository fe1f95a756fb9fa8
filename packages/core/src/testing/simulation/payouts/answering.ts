/** What clients tell the network that wants to know something: answers with files, in vain, or about something else. */
import { ask } from "../client-actions.ts"
import { merchantId } from "../shop.ts"
import type { World } from "../world.ts"
import { incomplete, letterOf, torn, unreadable } from "./open-letter.ts"
import type { QuestionEntry } from "./question-book.ts"
import type { Sending } from "./sending.ts"
import { sent } from "./some-payout.ts"

/** What the network wants to know is answered; with files where it asks for some, and now and then with nonsense. */
export const answer = sent((world, sending) => {
  const { dice } = world
  const all = [...sending.questions.entries.values()]
  const open = all.filter(({ stored }) => stored.status === "information_required")
  const one = dice.chance(0.9) ? dice.any(open) : dice.any(all)
  if (one !== undefined) answerQuestion(world, sending, one)
})

const verdicts = ["Ada", "Ada", "Ada", "Rejected", "InReview", unreadable, incomplete] as const

export const answerQuestion = (world: World, { questions }: Sending, one: QuestionEntry): void => {
  const { dice, books, report } = world
  const word = dice.pick(verdicts)
  const { id, paymentId, stored } = one
  const mark = `${id} ${dice.below(1_000_000)}`
  const write = (text: string, part: string): string => {
    const jwe = letterOf(text, `${mark} ${part}`)
    questions.given(id, jwe)
    return jwe
  }
  const files = stored.fileRequirements
    .filter(({ optional }) => !optional || dice.chance(0.2))
    .map(({ key }) => ({ key, encryptedKey: write(dice.chance(0.1) ? torn : "File", key) }))
  const jwe = write(word, "answer")
  const version = dice.chance(0.97) ? stored.fieldRequirements.version : 9
  ask(world, `answer ${id} ${word}`, async ({ kernel: { crossBorder } }) => {
    const { rfis } = crossBorder
    for (const { key, encryptedKey } of files) {
      const input = { key, mediaType: "application/pdf", encryptedKey, iv: new Uint8Array(12), content: fileContent }
      await rfis.uploadFile(merchantId, paymentId, id, input)
    }
    const told = await rfis.submit(merchantId, paymentId, id, { version, jwe })
    if (told.ok && books.rfis.get(id)?.statuses.has(told.value.status) !== true)
      report("I6", `the request ${id} was never ${told.value.status}`)
    return told
  })
}

const fileContent = new Uint8Array(40).fill(7)
