export * from "./endpoint.ts"
export {
  decide,
  type EndpointDecision,
  endpointNameLengthMax,
  failingLimitMs,
  overlapMaxMs
} from "./endpoint-decide.ts"
export { evolve, isSigning, noEndpoint, secretsMax } from "./endpoint-evolve.ts"
export { endpointMachine } from "./endpoint-machine.ts"
export { endpointTypeLengthMax, endpointTypesMax, isAskedFor, mayBeAskedFor } from "./subscription.ts"
