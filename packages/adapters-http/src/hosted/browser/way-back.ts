/** After the payment: back to the merchant by itself, unless the payer would rather stay. */
import type { ScriptTexts } from "../page-wire.ts"
import { part } from "./page-elements.ts"

/** Counts down where the page says so, which it does when the payment was made just now. */
export const offerWayBack = (texts: ScriptTexts): void => {
  const link = part("return", HTMLAnchorElement)
  const line = part("return-soon", HTMLElement)
  const stay = part("stay", HTMLButtonElement)
  let seconds = Number(line.dataset["seconds"])
  const timer = setInterval(() => {
    seconds--
    line.textContent = texts.returnSoon.replace("{seconds}", seconds.toString())
    if (seconds > 0) return
    clearInterval(timer)
    location.assign(link.href)
  }, 1000)
  stay.addEventListener("click", () => {
    clearInterval(timer)
    line.textContent = ""
    stay.hidden = true
    link.focus()
  })
}
