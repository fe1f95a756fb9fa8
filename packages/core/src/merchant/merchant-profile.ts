/**
 * What a merchant's profile must satisfy: it is shown to payers and decides where they are sent, so nothing in it may
 * lead them, or make their browser ask, anywhere else.
 */
import type { MerchantProfile } from "./merchant.ts"

/** As registered, and payers are sent nowhere. */
export const noProfile: MerchantProfile = { displayName: null, logoUrl: null, colour: null, returnOrigins: [] }

export const logoLettersMax = 65_536
export const returnOriginsMax = 20

/**
 * Why a profile cannot be accepted, or `undefined` where it can. The reason names the field.
 *
 * @example
 * profileFault({ ...noProfile, colour: "red" }) // => "colour must be of the form #rrggbb"
 */
export const profileFault = ({ displayName, logoUrl, colour, returnOrigins }: MerchantProfile): string | undefined => {
  if (displayName !== null && !displayNameShape.test(displayName)) {
    return "displayName must be 1 to 80 printable characters"
  }
  if (logoUrl !== null && (logoUrl.length > logoLettersMax || !logoShape.test(logoUrl))) {
    return `logoUrl must be a data URL of an image in base64, at most ${logoLettersMax} characters`
  }
  if (colour !== null && !colourShape.test(colour)) return "colour must be of the form #rrggbb"
  if (returnOrigins.length > returnOriginsMax) return `returnOrigins must be at most ${returnOriginsMax}`
  if (!returnOrigins.every(isReturnOrigin)) {
    return "returnOrigins must be https origins, or http ones of localhost, without a path"
  }
  return undefined
}

/** No control characters, and none that turn the direction of what stands beside them. */
const displayNameShape = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,80}$/u
const logoShape = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/u
const colourShape = /^#[0-9a-f]{6}$/iu
const originShape = /^(?:https:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|http:\/\/localhost)(?::[1-9][0-9]{0,4})?$/u

/** As a browser writes an origin (HTML §7.1.1): lower case, no path, and the port only where it is not the usual one. */
const isReturnOrigin = (origin: string): boolean =>
  originShape.test(origin) && !origin.endsWith(":443") && origin !== "http://localhost:80"
