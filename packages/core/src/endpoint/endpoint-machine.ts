import type { Machine } from "../machine.ts"
import type { EndpointEvent, EndpointStatus } from "./endpoint.ts"

/** Every legal move of an endpoint. Only one that is enabled can be found failing; a removed one never comes back. */
export const endpointMachine: Machine<EndpointStatus, EndpointEvent["_tag"]> = {
  none: { EndpointCreated: "unconfirmed" },
  unconfirmed: {
    EndpointConfirmed: "enabled",
    EndpointChanged: "unconfirmed",
    SecretRotated: "unconfirmed",
    EndpointRemoved: "removed"
  },
  enabled: {
    EndpointChanged: "enabled",
    EndpointDisabled: "disabled",
    SecretRotated: "enabled",
    EndpointTested: "enabled",
    EndpointFailing: "enabled",
    EndpointRecovered: "enabled",
    EndpointRemoved: "removed"
  },
  disabled: {
    EndpointEnabled: "enabled",
    EndpointChanged: "disabled",
    SecretRotated: "disabled",
    EndpointTested: "disabled",
    EndpointRemoved: "removed"
  },
  removed: {}
}
