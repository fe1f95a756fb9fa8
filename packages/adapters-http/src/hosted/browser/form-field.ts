/**
 * An input with the line under it that tells what is wrong. While somebody types, only what cannot become right is told;
 * what is merely unfinished is told when he leaves the field or wants to pay.
 */
import { part } from "./page-elements.ts"

export type Complaint = { readonly text: string; readonly unfinished: boolean }

export type FormField = {
  readonly input: HTMLInputElement
  /** Tells everything that is wrong, and whether nothing is. */
  readonly check: () => boolean
  /** Judges again, after something else has changed that the judgement depends on. */
  readonly refresh: () => void
}

export const formField = (id: string, judge: (text: string) => Complaint | undefined): FormField => {
  const input = part(id, HTMLInputElement)
  const line = part(`${id}-error`, HTMLElement)
  let told = false

  const refresh = (): void => {
    const complaint = judge(input.value)
    const shown = complaint !== undefined && (told || !complaint.unfinished) ? complaint.text : ""
    if (line.textContent !== shown) line.textContent = shown
    input.setAttribute("aria-invalid", shown === "" ? "false" : "true")
  }
  input.addEventListener("input", refresh)
  input.addEventListener("blur", () => {
    // An empty field that is merely passed through is nobody's mistake yet.
    if (input.value !== "") told = true
    refresh()
  })
  return {
    input,
    refresh,
    check: () => {
      told = true
      refresh()
      return judge(input.value) === undefined
    }
  }
}

/**
 * Lets only digits stand in an input, and separators where they belong. The caret stays behind the same digit, in the
 * middle of a number too.
 */
export const digitsOnly = (
  input: HTMLInputElement,
  format: (text: string, deleting: boolean) => string,
  onChange: () => void = () => undefined
): void =>
  input.addEventListener("input", (event) => {
    const deleting = event instanceof InputEvent && event.inputType.startsWith("delete")
    const before = input.value.slice(0, input.selectionStart ?? input.value.length)
    const atEnd = before.length === input.value.length
    const shown = format(input.value, deleting)
    if (shown !== input.value) {
      input.value = shown
      const caret = atEnd ? shown.length : afterDigits(shown, bareDigits(before).length)
      input.setSelectionRange(caret, caret)
    }
    onChange()
  })

export const bareDigits = (text: string): string => text.replace(/\D/gu, "")

const afterDigits = (text: string, count: number): number => {
  let seen = 0
  for (let at = 0; at < text.length; at++) {
    if (seen === count) return at
    if (/\d/u.test(text.charAt(at))) seen++
  }
  return text.length
}
