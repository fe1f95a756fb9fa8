import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import type { Endpoint, EndpointCommand, EndpointEvent, EndpointRejection } from "./endpoint.ts"
import { endpointTypeLengthMax, endpointTypesMax, mayBeAskedFor } from "./subscription.ts"

export type EndpointDecision = Result.Result<Decision<EndpointEvent>, EndpointRejection>

type Command<Tag extends EndpointCommand["_tag"]> = Extract<EndpointCommand, { readonly _tag: Tag }>

const dayMs = 86_400_000

/** How long every attempt must have failed before an endpoint is told no more. */
export const failingLimitMs = 5 * dayMs

/** How long a secret may go on signing beside its successor. */
export const overlapMaxMs = 7 * dayMs

export const endpointNameLengthMax = 255

/**
 * What follows from a command, given what has happened to the endpoint so far. Total and deterministic; time and ids
 * arrive in the command. What an attempt came to is news only where it changes something: most of it decides nothing.
 *
 * @example
 * const failed = { _tag: "RecordContact", contact: "failed", nowMs } as const
 * const failing = Result.getOrThrow(decide(enabledEndpoint, failed))
 * failing.events // => [{ _tag: "EndpointFailing", atMs: nowMs }]
 * const later = { ...failed, nowMs: nowMs + failingLimitMs }
 * Result.getOrThrow(decide(failing.events.reduce(evolve, enabledEndpoint), later)).events
 * // => [{ _tag: "EndpointDisabled", because: "failing", atMs: nowMs + failingLimitMs }]
 */
export const decide = (endpoint: Endpoint, command: EndpointCommand): EndpointDecision => {
  if (command._tag === "CreateEndpoint") return createEndpoint(endpoint, command)
  if (endpoint.status === "none" || endpoint.status === "removed") return Result.fail({ _tag: "EndpointNotFound" })
  const atMs = command.nowMs
  switch (command._tag) {
    case "ConfirmEndpoint":
      return endpoint.status === "unconfirmed" ? happened({ _tag: "EndpointConfirmed", atMs }) : nothingNew
    case "ChangeEndpoint":
      return changeEndpoint(endpoint, command)
    case "RotateSecret": {
      const { secretId, overlapMs } = command
      if (!isOverlap(overlapMs)) return Result.fail({ _tag: "OverlapNotAllowed", maxMs: overlapMaxMs })
      return happened({ _tag: "SecretRotated", secretId, retiresAtMs: atMs + overlapMs, atMs })
    }
    case "TestEndpoint":
      return endpoint.status === "unconfirmed" ? unconfirmed : happened({ _tag: "EndpointTested", atMs })
    case "RecordContact":
      return recordContact(endpoint, command)
    case "RemoveEndpoint":
      return happened({ _tag: "EndpointRemoved", atMs })
  }
}

const createEndpoint = (endpoint: Endpoint, command: Command<"CreateEndpoint">): EndpointDecision => {
  if (endpoint.status !== "none") return Result.fail({ _tag: "EndpointAlreadyExists" })
  const refusal = refusalOf(command)
  if (refusal !== undefined) return Result.fail(refusal)
  const { _tag, nowMs: atMs, ...details } = command
  const created: EndpointEvent = { _tag: "EndpointCreated", ...details, atMs }
  return command.mustConfirm ? happened(created) : happened(created, { _tag: "EndpointConfirmed", atMs })
}

const changeEndpoint = (endpoint: Endpoint, command: Command<"ChangeEndpoint">): EndpointDecision => {
  const { enabled, nowMs: atMs } = command
  const name = command.name === undefined ? endpoint.name : command.name
  const url = command.url === undefined ? endpoint.url : command.url
  const types = command.types ?? endpoint.types
  const refusal = refusalOf({ name, types })
  if (refusal !== undefined) return Result.fail(refusal)
  if (enabled !== undefined && endpoint.status === "unconfirmed") return unconfirmed
  const isSame = name === endpoint.name && url === endpoint.url && sameTexts(types, endpoint.types)
  const events: Array<EndpointEvent> = isSame ? [] : [{ _tag: "EndpointChanged", name, url, types, atMs }]
  if (enabled === true && endpoint.status === "disabled") events.push({ _tag: "EndpointEnabled", atMs })
  if (enabled === false && endpoint.status === "enabled") {
    events.push({ _tag: "EndpointDisabled", because: "merchant_asked", atMs })
  }
  return happened(...events)
}

const recordContact = (endpoint: Endpoint, { contact, nowMs: atMs }: Command<"RecordContact">): EndpointDecision => {
  // Of one that is not told anything any more, what was still under way says nothing new.
  if (endpoint.status !== "enabled") return nothingNew
  const { failingSinceMs } = endpoint
  switch (contact) {
    case "reached":
      return failingSinceMs === null ? nothingNew : happened({ _tag: "EndpointRecovered", atMs })
    case "gone":
      return happened({ _tag: "EndpointDisabled", because: "gone", atMs })
    case "failed":
      if (failingSinceMs === null) return happened({ _tag: "EndpointFailing", atMs })
      if (atMs - failingSinceMs < failingLimitMs) return nothingNew
      return happened({ _tag: "EndpointDisabled", because: "failing", atMs })
  }
}

const refusalOf = ({ name, types }: Pick<Endpoint, "name" | "types">): EndpointRejection | undefined => {
  if (name !== null && name.length > endpointNameLengthMax) {
    return { _tag: "EndpointNameTooLong", lengthMax: endpointNameLengthMax }
  }
  if (mayBeAskedFor(types)) return undefined
  return { _tag: "EndpointTypesNotAllowed", countMax: endpointTypesMax, lengthMax: endpointTypeLengthMax }
}

const isOverlap = (ms: number): boolean => Number.isInteger(ms) && ms >= 0 && ms <= overlapMaxMs

const sameTexts = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean =>
  left.length === right.length && left.every((text, at) => text === right[at])

const unconfirmed: EndpointDecision = Result.fail({ _tag: "EndpointUnconfirmed" })

const happened = (...events: ReadonlyArray<EndpointEvent>): EndpointDecision =>
  Result.succeed({ events, ledger: [], tasks: [] })

const nothingNew: EndpointDecision = happened()
