/** API keys: made, kept as hashes, and verified without paying for the hash on every request. */
export { type ApiKeyMode, generateApiKey, isApiKeyShaped } from "./api-key.ts"
export {
  type ApiKeyRecord,
  type ApiKeyRegister,
  type ApiKeyStore,
  apiKeyRecord,
  type KeyToRecord,
  memoryApiKeyStore,
  type Pepper
} from "./api-key-record.ts"
export {
  type ApiKeyVerifier,
  type ApiKeyVerifierOptions,
  type Authentication,
  apiKeyVerifier
} from "./api-key-verifier.ts"
export {
  type CreateApiKeyRejection,
  type CreatedApiKey,
  type ListedApiKey,
  type MerchantApiKeys,
  type MerchantApiKeysOptions,
  merchantApiKeys
} from "./merchant-api-keys.ts"
