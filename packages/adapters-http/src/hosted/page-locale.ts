/**
 * What a customer reads, from the `Accept-Language` header (RFC 9110 §12.5.4): the language of our texts, of which
 * there are a few, and the locale of numbers and dates, of which the runtime has very many.
 */
import { type Language, languages } from "./filled-texts.ts"

export type PageLocale = {
  readonly language: Language
  /** A canonical BCP 47 tag that `Intl` knows. */
  readonly numbers: string
}

/**
 * The best that can be done for a header, which may say anything.
 *
 * @example
 * pageLocale("de-CH, fr;q=0.8") // => { language: "de", numbers: "de-CH" }
 * pageLocale("ja, ru;q=0.5") // => { language: "ru", numbers: "ja" }
 * pageLocale("%%%") // => { language: "en", numbers: "en" }
 */
export const pageLocale = (acceptLanguage: string | null): PageLocale => {
  const tags = acceptedTags(acceptLanguage ?? "")
  const language = tags.map(languageOf).find((known) => known !== undefined) ?? "en"
  const [numbers = language] = Intl.NumberFormat.supportedLocalesOf(tags)
  return { language, numbers }
}

const headerLengthMax = 1000
const tagsMax = 20

const acceptedTags = (header: string): ReadonlyArray<string> =>
  header
    .slice(0, headerLengthMax)
    .split(",", tagsMax)
    .map((range) => /^[ \t]*([A-Za-z0-9-]{2,35})[ \t]*(?:;[ \t]*q=([01](?:\.\d{0,3})?))?[ \t]*$/u.exec(range))
    .flatMap((match) => (match?.[1] === undefined ? [] : [{ tag: match[1], weight: weightOf(match[2]) }]))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .flatMap(({ tag }) => canonical(tag))

const weightOf = (text: string | undefined): number => (text === undefined ? 1 : Math.min(Number(text), 1))

/** Without extensions: a page's digits and calendar are not a stranger's to choose. */
const canonical = (tag: string): ReadonlyArray<string> => {
  try {
    return [new Intl.Locale(tag).baseName]
  } catch {
    return []
  }
}

const languageOf = (tag: string): Language | undefined => languages.find((language) => language === tag.split("-")[0])
