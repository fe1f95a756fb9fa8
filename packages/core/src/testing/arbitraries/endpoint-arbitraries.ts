import * as fc from "fast-check"
import type {
  DisabledBecause,
  Endpoint,
  EndpointCommand,
  EndpointEvent,
  EndpointSecret,
  EndpointStatus
} from "../../endpoint/endpoint.ts"
import { failingLimitMs, overlapMaxMs } from "../../endpoint/endpoint-decide.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const because = anyOf<DisabledBecause>({ merchant_asked: true, gone: true, failing: true })

const anyUrl = orNull(fc.constantFrom("https://shop.example/hook", "https://shop.example/other"))

const anyTypes = fc.array(fc.constantFrom("payments", "payment.*", "*", "settlements"), { maxLength: 3 })

const wishes = { name: orNull(anyText), url: anyUrl, types: anyTypes }

const identity = { id: anyId, merchantId: anyId, dialect: fc.constantFrom("v1", "v2", "api") }

const anySecret: fc.Arbitrary<EndpointSecret> = fc.record({
  id: anyId,
  createdAtMs: anyTimeMs,
  retiresAtMs: orNull(anyTimeMs)
})

/** An endpoint in any state, whether or not a history leads to it. */
export const anyEndpoint: fc.Arbitrary<Endpoint> = fc.record({
  status: anyOf<EndpointStatus>({ none: true, unconfirmed: true, enabled: true, disabled: true, removed: true }),
  ...identity,
  ...wishes,
  secrets: fc.array(anySecret, { maxLength: 3 }),
  disabledBecause: orNull(because),
  failingSinceMs: orNull(anyTimeMs),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const created = { ...identity, ...wishes, secretId: anyId, mustConfirm: fc.boolean() }

export const anyEndpointEvent: fc.Arbitrary<EndpointEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("EndpointCreated" as const), ...created, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("EndpointChanged" as const), ...wishes, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("EndpointDisabled" as const), because, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("SecretRotated" as const),
    secretId: anyId,
    retiresAtMs: anyTimeMs,
    atMs: anyTimeMs
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constantFrom(
        "EndpointConfirmed" as const,
        "EndpointEnabled" as const,
        "EndpointTested" as const,
        "EndpointFailing" as const,
        "EndpointRecovered" as const,
        "EndpointRemoved" as const
      ),
      atMs: anyTimeMs
    })
  }
)

const startMs = 1_000
const dayMs = 86_400_000

/** Around the times at which secrets retire and failing has lasted too long. */
const nowMs = fc.constantFrom(startMs, startMs + dayMs, startMs + failingLimitMs, startMs + 9 * dayMs)

/** One that takes no argument. */
const bare = <Tag extends string>(tag: Tag) => fc.record({ _tag: fc.constant(tag), nowMs })

export const anyEndpointCommand: fc.Arbitrary<EndpointCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("CreateEndpoint" as const), ...created, nowMs }) },
  { weight: 2, arbitrary: bare("ConfirmEndpoint") },
  {
    weight: 3,
    arbitrary: fc
      .record({
        wishes: fc.record(wishes, { requiredKeys: [] }),
        enabled: fc.option(fc.boolean(), { nil: undefined }),
        nowMs
      })
      .map(({ wishes: wished, ...rest }): EndpointCommand => ({ _tag: "ChangeEndpoint", ...wished, ...rest }))
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("RotateSecret" as const),
      secretId: anyId,
      overlapMs: fc.constantFrom(0, dayMs, overlapMaxMs, overlapMaxMs + 1),
      nowMs
    })
  },
  bare("TestEndpoint"),
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("RecordContact" as const),
      contact: fc.constantFrom("failed" as const, "reached" as const, "gone" as const),
      nowMs
    })
  },
  bare("RemoveEndpoint")
)
