import { follow } from "../machine.ts"
import type { Endpoint, EndpointEvent, EndpointSecret } from "./endpoint.ts"
import { endpointMachine } from "./endpoint-machine.ts"

/** Before anything happened. */
export const noEndpoint: Endpoint = {
  status: "none",
  id: "",
  merchantId: "",
  dialect: "",
  name: null,
  url: null,
  types: [],
  secrets: [],
  disabledBecause: null,
  failingSinceMs: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

export const secretsMax = 3

/**
 * The endpoint after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(enabledEndpoint, { _tag: "EndpointFailing", atMs: 5 }).failingSinceMs // => 5
 */
export const evolve = (endpoint: Endpoint, event: EndpointEvent): Endpoint => {
  const status = follow(endpointMachine, endpoint.status, event._tag)
  const { atMs } = event
  const moved: Endpoint = { ...endpoint, status, updatedAtMs: atMs }
  switch (event._tag) {
    case "EndpointCreated": {
      const { id, merchantId, dialect, name, url, types, secretId } = event
      const secrets = [{ id: secretId, createdAtMs: atMs, retiresAtMs: null }]
      return { ...moved, id, merchantId, dialect, name, url, types, secrets, createdAtMs: atMs }
    }
    case "EndpointConfirmed":
    case "EndpointTested":
      return moved
    case "EndpointChanged": {
      const { name, url, types } = event
      // How another address fares is not known yet.
      return { ...moved, name, url, types, failingSinceMs: url === endpoint.url ? endpoint.failingSinceMs : null }
    }
    case "EndpointEnabled":
      return { ...moved, disabledBecause: null, failingSinceMs: null }
    case "EndpointDisabled":
      return { ...moved, disabledBecause: event.because }
    case "SecretRotated":
      return { ...moved, secrets: rotated(endpoint.secrets, event) }
    case "EndpointFailing":
      return { ...moved, failingSinceMs: atMs }
    case "EndpointRecovered":
      return { ...moved, failingSinceMs: null }
    case "EndpointRemoved":
      return { ...moved, secrets: [] }
  }
}

/** Secrets that have retired by now are left out, and so is the oldest of too many. */
const rotated = (
  secrets: ReadonlyArray<EndpointSecret>,
  { secretId, retiresAtMs, atMs }: Extract<EndpointEvent, { readonly _tag: "SecretRotated" }>
): ReadonlyArray<EndpointSecret> => {
  const before = secrets.map((secret) => (secret.retiresAtMs === null ? { ...secret, retiresAtMs } : secret))
  const living = before.filter((secret) => isSigning(secret, atMs))
  return [{ id: secretId, createdAtMs: atMs, retiresAtMs: null }, ...living].slice(0, secretsMax)
}

/**
 * Whether a secret still signs.
 *
 * @example
 * isSigning({ id: "s-1", createdAtMs: 0, retiresAtMs: 10 }, 10) // => false
 */
export const isSigning = ({ retiresAtMs }: EndpointSecret, nowMs: number): boolean =>
  retiresAtMs === null || retiresAtMs > nowMs
