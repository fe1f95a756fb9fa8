/**
 * The script of the hosted payment page. The server renders everything that can be seen; what is done here is to judge
 * the form, encrypt the card, post it, and wait. Texts are only ever set as texts.
 */
import type { DeclineCode } from "../desk.ts"
import type { Attempt, PageData, ProgressAnswer, ScriptTexts } from "../page-wire.ts"
import { type CardForm, cardForm } from "./card-form.ts"
import { has, part } from "./page-elements.ts"
import { pay, settled } from "./payment.ts"
import { offerWayBack } from "./way-back.ts"

const start = (): void => {
  const data: PageData = JSON.parse(part("main", HTMLElement).dataset["page"] ?? "")
  // A page kept by the browser shows what was true when it was left.
  addEventListener("pageshow", (event) => event.persisted && location.reload())
  if (has("card-form")) startForm(data)
  else if (has("progress")) {
    tellWaiting(data.texts)
    void settled(data).then(carryOn)
  }
  if (has("return-soon")) offerWayBack(data.texts)
}

const startForm = (data: PageData): void => {
  const form = cardForm(data)
  let attempt = data.attempt
  let paying = false
  part("card-form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault()
    const entry = paying || attempt === null ? undefined : form.read()
    if (entry === undefined || attempt === null) return
    paying = true
    showProgress()
    await painted()
    const waited = tellWaiting(data.texts)
    const outcome = await pay(data, attempt, entry)
    const answer = "status" in outcome && outcome.status === "processing" ? await settled(data) : outcome
    waited()
    if ("trouble" in answer) showForm([data.texts[answer.trouble]])
    else attempt = backToForm(data, form, answer) ?? attempt
    paying = false
  })
  part("pay", HTMLButtonElement).disabled = false
  // What the server says of the last card, for those who hear the page instead of seeing it.
  if (!part("notice", HTMLElement).hidden) part("notice", HTMLElement).focus()
  reloadAtExpiry(data, () => paying)
}

/** The attempt for the next try, where the answer allows one. */
const backToForm = (data: PageData, form: CardForm, answer: ProgressAnswer): Attempt | null => {
  if (answer.status !== "pending") {
    carryOn(answer)
    return null
  }
  const code: DeclineCode = answer.decline ?? "processing_error"
  form.afterDecline(answer.decline)
  showForm([data.texts[code], data.texts.notCharged])
  return answer.attempt
}

/** To the issuer, or to the server's own page of what has become of the session. */
const carryOn = ({ challengeUrl }: ProgressAnswer): void =>
  challengeUrl === null ? location.reload() : location.assign(challengeUrl)

const showProgress = (): void => {
  part("form", HTMLElement).hidden = true
  part("progress", HTMLElement).hidden = false
  part("progress-title", HTMLElement).focus()
}

/** Encrypting keeps a slow device busy: what it is waiting for has to be on the screen before. No tab in the back paints. */
const painted = (): Promise<void> =>
  new Promise((resolve) => {
    const latest = setTimeout(resolve, 1000)
    requestAnimationFrame(() => {
      clearTimeout(latest)
      setTimeout(resolve)
    })
  })

/** Says from time to time that waiting is in order. Answers a function that ends it. */
const tellWaiting = ({ payingHint, payingSlow, payingLong }: ScriptTexts): (() => void) => {
  const line = part("progress-hint", HTMLElement)
  const tellAfter = (delayMs: number, text: string) => setTimeout(() => (line.textContent = text), delayMs)
  const timers = [tellAfter(0, payingHint), tellAfter(8_000, payingSlow), tellAfter(60_000, payingLong)]
  return () => timers.forEach(clearTimeout)
}

const showForm = (sentences: ReadonlyArray<string>): void => {
  const notice = part("notice", HTMLElement)
  notice.textContent = sentences.join(" ")
  notice.hidden = false
  part("progress", HTMLElement).hidden = true
  part("form", HTMLElement).hidden = false
  notice.focus()
}

/** A timer longer than this fires at once. */
const timerMaxMs = 2 ** 31 - 1

const reloadAtExpiry = (data: PageData, isPaying: () => boolean): void => {
  if (data.expiresInMs < timerMaxMs) setTimeout(() => isPaying() || location.reload(), data.expiresInMs + 1000)
}

start()
