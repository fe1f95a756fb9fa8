/** Endpoints and deliveries as `/api` shows them. */
import type { Delivery, DeliveryAttempt, Endpoint } from "@paykernel/core"
import { timestamp } from "../api/timestamp.ts"

/** Whether an endpoint is of this API: those of the others are managed there. */
export const isShown = ({ dialect, status }: Endpoint): boolean => formats.has(dialect) && status !== "removed"

const formats: ReadonlySet<string> = new Set(["api", "paykernel.v1"])

export const renderEndpoint = (endpoint: Endpoint, verifyingKey: string | null) => ({
  endpoint_id: endpoint.id,
  url: endpoint.url,
  format: endpoint.dialect,
  name: endpoint.name,
  events: endpoint.types,
  enabled: endpoint.status === "enabled",
  disabled_because: endpoint.disabledBecause ?? undefined,
  failing_since: endpoint.failingSinceMs === null ? undefined : timestamp(endpoint.failingSinceMs),
  secrets: endpoint.secrets.map(({ createdAtMs, retiresAtMs }) => ({
    created_at: timestamp(createdAtMs),
    retires_at: retiresAtMs === null ? undefined : timestamp(retiresAtMs)
  })),
  verifying_key: endpoint.dialect === "api" ? undefined : (verifyingKey ?? undefined),
  created_at: timestamp(endpoint.createdAtMs),
  updated_at: timestamp(endpoint.updatedAtMs)
})

export const renderDelivery = (delivery: Delivery) => ({
  delivery_id: delivery.id,
  message_id: delivery.messageId,
  event: delivery.type,
  endpoint_id: delivery.target._tag === "Endpoint" ? delivery.target.endpointId : undefined,
  url: delivery.target._tag === "Address" ? delivery.target.url : undefined,
  subject: { type: delivery.subject.type, id: delivery.subject.id },
  status: delivery.status,
  attempts_count: delivery.attemptsCount,
  attempts: delivery.attempts.map(renderAttempt),
  next_attempt_at: delivery.nextAttemptAtMs === null ? undefined : timestamp(delivery.nextAttemptAtMs),
  created_at: timestamp(delivery.createdAtMs),
  updated_at: timestamp(delivery.updatedAtMs)
})

const renderAttempt = ({ atMs, durationMs, requestHeaders, answer }: DeliveryAttempt) => ({
  at: timestamp(atMs),
  duration_ms: Math.round(durationMs),
  request_headers: Object.fromEntries(requestHeaders),
  ...(answer._tag === "Unanswered"
    ? { error: answer.why }
    : {
        status: answer.status,
        response_headers: Object.fromEntries(answer.headers),
        response_body: answer.bodyStart
      })
})
