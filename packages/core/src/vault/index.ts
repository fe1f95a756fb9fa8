/** The vault in process, for any runtime with Web Crypto. Keys in a file: `@paykernel/core/vault/file-key-ring`. */
export { openPan } from "../application/payments/open-pan.ts"
export {
  KeyUnknown,
  type Place,
  SealBroken,
  type Sealed,
  Vault,
  type VaultError,
  VaultUnavailable
} from "../ports/vault.ts"
export { type OpenFailure, open, rewrap, seal } from "./envelope.ts"
export {
  type KeyRing,
  type KeyRingEntry,
  KeyRingInvalid,
  type KeyRingOptions,
  keyRingFromValues
} from "./key-ring.ts"
export { envelopeVault, envelopeVaultLayer } from "./vault.ts"
