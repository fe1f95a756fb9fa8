/** The texts of one page: of its language, with the merchant and the amount in them. */
import { type PageTexts, type TextKey, textTables } from "./page-texts.ts"

export type Language = keyof typeof textTables

export const languages = Object.keys(textTables) as ReadonlyArray<Language>

/** What is filled in where a text names it in braces. */
export type Fillings = { readonly merchant?: string; readonly amount?: string }

/**
 * `{digits}` and `{seconds}` are left to the page. What is filled in is not looked into again.
 *
 * @example
 * filledTexts("de", { amount: "5,00 €" }).pay // => "5,00 € zahlen"
 */
export const filledTexts = (language: Language, fillings: Fillings): PageTexts => {
  const table = textTables[language]
  const fill = (text: string): string =>
    text.replace(
      /\{(?:merchant|amount)\}/gu,
      (name) => (name === "{amount}" ? fillings.amount : fillings.merchant) ?? name
    )
  const entries = (Object.keys(table) as ReadonlyArray<TextKey>).map((key) => [key, fill(table[key])] as const)
  return Object.fromEntries(entries) as PageTexts
}
