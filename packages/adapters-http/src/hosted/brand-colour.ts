/**
 * A merchant's colour, made fit to be read: whatever it is, text on it and marks in it keep the contrast that WCAG 2.2
 * asks for.
 */

/** All `#rrggbb`. */
export type Brand = {
  readonly colour: string
  /** Of text on the colour: black or white. */
  readonly onColour: string
  /** Of text and marks on white: the colour, darkened as far as it takes. */
  readonly accent: string
}

/**
 * The colours of a page. A text that is not `#rgb` or `#rrggbb` gives the colours of a merchant who chose none.
 *
 * @example
 * brandOf("#ffd400").onColour // => "#000000"
 */
export const brandOf = (colour: string | null): Brand => {
  const chosen = readColour(colour ?? "") ?? quietBlue
  const onColour = contrast(chosen, white) >= contrast(chosen, black) ? white : black
  return { colour: write(chosen), onColour: write(onColour), accent: write(darkened(chosen)) }
}

/** WCAG 2.2 §1.4.3. One of black and white always reaches it, on any colour. */
export const contrastMin = 4.5

/**
 * The contrast ratio of two colours (WCAG 2.2, "contrast ratio"), from 1 to 21.
 *
 * @example
 * contrastOf("#ffffff", "#000000") // => 21
 */
export const contrastOf = (one: string, other: string): number =>
  contrast(readColour(one) ?? white, readColour(other) ?? white)

type Rgb = readonly [red: number, green: number, blue: number]

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]
const quietBlue: Rgb = [29, 78, 137]

const readColour = (text: string): Rgb | undefined => {
  const [, digits] = /^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/u.exec(text) ?? []
  if (digits === undefined) return undefined
  const long = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits
  const part = (from: number): number => Number.parseInt(long.slice(from, from + 2), 16)
  return [part(0), part(2), part(4)]
}

const write = (colour: Rgb): string => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`

const darkened = (colour: Rgb): Rgb => {
  let shade = colour
  while (contrast(shade, white) < contrastMin) {
    const [red, green, blue] = shade
    shade = [Math.floor(red * 0.95), Math.floor(green * 0.95), Math.floor(blue * 0.95)]
  }
  return shade
}

const contrast = (one: Rgb, other: Rgb): number => {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

const linear = (part: number): number => {
  const share = part / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
