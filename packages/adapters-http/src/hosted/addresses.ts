/** Addresses that others have given, and that a page may use: to show a picture, or to send a payer on. */

/**
 * The source of a logo, where it can be shown without asking anybody else.
 *
 * @example
 * logoSource("https://elsewhere.example/logo.png", "https://pay.example") // => undefined
 * logoSource("/logos/7.png", "https://pay.example") // => "/logos/7.png"
 */
export const logoSource = (logoUrl: string | null, origin: string): string | undefined => {
  if (logoUrl === null || logoUrl.length > logoLengthMax) return undefined
  if (pictureInside.test(logoUrl)) return logoUrl
  const url = logoUrl.startsWith("/") && URL.canParse(logoUrl, origin) ? new URL(logoUrl, origin) : undefined
  return url?.origin === origin ? `${url.pathname}${url.search}` : undefined
}

/** A picture inside the page is sent with each rendering. */
const logoLengthMax = 64 * 1024
const pictureInside = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/u

/**
 * An address to which a page of this origin may send its payer: https, or http from a page that is http itself.
 *
 * @example
 * onwardUrl("javascript:alert(1)", "https://pay.example") // => undefined
 * onwardUrl("HTTPS:shop.example", "https://pay.example")?.href // => "https://shop.example/"
 */
export const onwardUrl = (address: string | null, origin: string): URL | undefined => {
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.username !== "" || url.password !== "") return undefined
  return url.protocol === "https:" || (url.protocol === "http:" && origin.startsWith("http:")) ? url : undefined
}
