/** For card clients: encrypt card data to the server's key. Runs in browsers and wherever Web Crypto is. */
export { type CardData, type EncryptedCardData, encryptCardData } from "./card-encryption.ts"
export { type EncryptionKey, EncryptionKeyUnavailable, fetchEncryptionKey } from "./encryption-key.ts"
