export { type CanonicalRejection, canonical, canonicalCharactersMax, canonicalDepthMax } from "./canonical.ts"
export { type BoundKey, check, type KeyCheck, type KeyMalformed, parseKey, retentionMsDefault } from "./idempotency.ts"
