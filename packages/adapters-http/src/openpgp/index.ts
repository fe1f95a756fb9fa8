/** The OpenPGP door for card data: keys, and what opens messages to them. */
export {
  type CardDoor,
  type CardDoorOptions,
  type CardDoorRejection,
  type CardSecrets,
  openCardDoor
} from "./card-door.ts"
export { CardKeyUnusable } from "./card-key.ts"
export { type CardKey, type CardKeyOptions, generateCardKey } from "./generate-card-key.ts"
