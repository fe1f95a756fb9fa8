import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  decide,
  type EndpointCommand,
  type EndpointEvent,
  type EndpointRejection,
  type EndpointStatus,
  endpointNameLengthMax,
  endpointTypeLengthMax,
  endpointTypesMax,
  evolve,
  failingLimitMs,
  isAskedFor,
  isSigning,
  mayBeAskedFor,
  noEndpoint,
  overlapMaxMs,
  secretsMax
} from "./index.ts"

const { given, history, fold } = decider({ initial: noEndpoint, decide, evolve })

const nowMs = 1_700_000_000_000
const dayMs = 86_400_000

type Command<Tag extends EndpointCommand["_tag"]> = Extract<EndpointCommand, { readonly _tag: Tag }>

const create = (change: Partial<Command<"CreateEndpoint">> = {}): EndpointCommand => ({
  _tag: "CreateEndpoint",
  id: "e-1",
  merchantId: "m-1",
  dialect: "v1",
  name: null,
  url: "https://shop.example/hook",
  types: [],
  secretId: "s-1",
  mustConfirm: false,
  nowMs,
  ...change
})

const change = (wishes: Omit<Command<"ChangeEndpoint">, "_tag" | "nowMs">, atMs = nowMs + 1): EndpointCommand => ({
  _tag: "ChangeEndpoint",
  ...wishes,
  nowMs: atMs
})

const rotate = (secretId: string, overlapMs: number, atMs = nowMs + 1): EndpointCommand => ({
  _tag: "RotateSecret",
  secretId,
  overlapMs,
  nowMs: atMs
})

const contact = (what: Command<"RecordContact">["contact"], atMs = nowMs + 1): EndpointCommand => ({
  _tag: "RecordContact",
  contact: what,
  nowMs: atMs
})

const confirm: EndpointCommand = { _tag: "ConfirmEndpoint", nowMs: nowMs + 1 }
const test: EndpointCommand = { _tag: "TestEndpoint", nowMs: nowMs + 1 }
const remove: EndpointCommand = { _tag: "RemoveEndpoint", nowMs: nowMs + 1 }
const disable = change({ enabled: false })
const enable = change({ enabled: true })

describe("making an endpoint", () => {
  it("has it heard at once where nobody has to confirm", () => {
    const { _tag, nowMs: atMs, ...details } = create() as Command<"CreateEndpoint">
    given()
      .when(create())
      .then({ _tag: "EndpointCreated", ...details, atMs }, { _tag: "EndpointConfirmed", atMs })
    expect(fold(history(create()))).toEqual({
      ...{ status: "enabled", id: "e-1", merchantId: "m-1", dialect: "v1", name: null, types: [] },
      ...{ url: "https://shop.example/hook", disabledBecause: null, failingSinceMs: null },
      secrets: [{ id: "s-1", createdAtMs: nowMs, retiresAtMs: null }],
      createdAtMs: nowMs,
      updatedAtMs: nowMs
    })
  })

  it("waits for a confirmation where there has to be one, which comes once", () => {
    const unconfirmed = history(create({ mustConfirm: true }))
    expect(fold(unconfirmed).status).toBe("unconfirmed")
    given(...unconfirmed)
      .when(confirm)
      .then({ _tag: "EndpointConfirmed", atMs: nowMs + 1 })
    given(...unconfirmed, ...history(create()).slice(1))
      .when(confirm)
      .thenNothing()
  })

  it.each([
    ["as long as it may be", "n".repeat(endpointNameLengthMax), null],
    ["too long", "n".repeat(endpointNameLengthMax + 1), endpointNameLengthMax]
  ])("takes a name that is %s, or not", (_, name, lengthMax) => {
    for (const [events, command] of [
      [[], create({ name })],
      [history(create()), change({ name })]
    ] as const) {
      const story = given(...events).when(command)
      if (lengthMax === null) expect(() => story.thenNothing()).toThrow("something followed")
      else story.thenRejected({ _tag: "EndpointNameTooLong", lengthMax })
    }
  })

  it("refuses types that cannot be asked for", () => {
    const refusal: EndpointRejection = {
      _tag: "EndpointTypesNotAllowed",
      countMax: endpointTypesMax,
      lengthMax: endpointTypeLengthMax
    }
    given()
      .when(create({ types: ["*.failed"] }))
      .thenRejected(refusal)
    given(...history(create()))
      .when(change({ types: ["payments", ""] }))
      .thenRejected(refusal)
  })
})

describe("types that an endpoint asks for", () => {
  it.each([
    [[], true],
    [["*"], true],
    [["payments"], true],
    [["cpn.payment.*", "webhooks.test", "paymentIntents"], true],
    [["payment*"], true],
    [[""], false],
    [["*.failed"], false],
    [["pay*ment"], false],
    [["**"], false],
    [[".payments"], false],
    [["pay ments"], false],
    [["p\u0000"], false],
    [["zahlung.\u00e4"], false],
    [["t".repeat(endpointTypeLengthMax)], true],
    [["t".repeat(endpointTypeLengthMax + 1)], false],
    [Array.from({ length: endpointTypesMax }, () => "payments"), true],
    [Array.from({ length: endpointTypesMax + 1 }, () => "payments"), false]
  ])("%j: %s", (types, isAllowed) => {
    expect(mayBeAskedFor(types)).toBe(isAllowed)
  })

  it.each([
    [[], "payments", true],
    [["*"], "payments", true],
    [["payments"], "payments", true],
    [["payments"], "paymentIntents", false],
    [["payments"], "payments.more", false],
    [["payment.*"], "payment.failed", true],
    [["payment.*"], "payment", false],
    [["payment.*"], "payments.failed", false],
    [["cards", "payment.*"], "payment.failed", true]
  ])("%j and %s: %s", (types, type, isWanted) => {
    expect(isAskedFor(types, type)).toBe(isWanted)
  })
})

describe("changing an endpoint", () => {
  it("leaves as it is what is not named, and says nothing where nothing changes", () => {
    given(...history(create({ name: "till", types: ["payments"] })))
      .when(change({ url: "https://shop.example/other" }))
      .then({
        ...{ _tag: "EndpointChanged", name: "till", url: "https://shop.example/other" },
        ...{ types: ["payments"], atMs: nowMs + 1 }
      })
    given(...history(create({ name: "till", types: ["payments"] })))
      .when(change({ name: "till", types: ["payments"], enabled: true }))
      .thenNothing()
  })

  it.each([[["payments", "payouts"]], [["payouts"]], [[]]])("asks for other types: %j", (types) => {
    given(...history(create({ types: ["payments"] })))
      .when(change({ types }))
      .then({
        ...{ _tag: "EndpointChanged", name: null, url: "https://shop.example/hook" },
        ...{ types, atMs: nowMs + 1 }
      })
  })

  it("forgets how it fared where it has another address, and only there", () => {
    const failing = [create(), contact("failed")]
    expect(fold(history(...failing, change({ name: "till" }))).failingSinceMs).toBe(nowMs + 1)
    expect(fold(history(...failing, change({ url: "https://other.example" }))).failingSinceMs).toBeNull()
  })

  it("can be done together with disabling it", () => {
    given(...history(create()))
      .when(change({ name: "till", enabled: false }))
      .then(
        {
          ...{ _tag: "EndpointChanged", name: "till", url: "https://shop.example/hook" },
          ...{ types: [], atMs: nowMs + 1 }
        },
        { _tag: "EndpointDisabled", because: "merchant_asked", atMs: nowMs + 1 }
      )
  })

  it.each([enable, disable])("says nothing of one that nobody has confirmed: %j", (command) => {
    given(...history(create({ mustConfirm: true })))
      .when(command)
      .thenRejected({ _tag: "EndpointUnconfirmed" })
  })
})

describe("an endpoint that fails", () => {
  it("is failing from the first failure to the first success", () => {
    given(...history(create()))
      .when(contact("failed"))
      .then({ _tag: "EndpointFailing", atMs: nowMs + 1 })
    given(...history(create(), contact("failed")))
      .when(contact("failed", nowMs + dayMs))
      .thenNothing()
    given(...history(create(), contact("failed")))
      .when(contact("reached", nowMs + dayMs))
      .then({ _tag: "EndpointRecovered", atMs: nowMs + dayMs })
    given(...history(create()))
      .when(contact("reached"))
      .thenNothing()
    expect(fold(history(create(), contact("failed"), contact("reached"))).failingSinceMs).toBeNull()
  })

  it("is disabled when it has failed for five days, and not a millisecond sooner", () => {
    const failing = history(create(), contact("failed"))
    given(...failing)
      .when(contact("failed", nowMs + failingLimitMs))
      .thenNothing()
    given(...failing)
      .when(contact("failed", nowMs + 1 + failingLimitMs))
      .then({ _tag: "EndpointDisabled", because: "failing", atMs: nowMs + 1 + failingLimitMs })
  })

  it("is disabled at once where it says that it is gone", () => {
    given(...history(create()))
      .when(contact("gone"))
      .then({ _tag: "EndpointDisabled", because: "gone", atMs: nowMs + 1 })
  })

  it("has a clean slate when it is enabled again", () => {
    const again = history(create(), contact("failed"), contact("gone"), enable)
    expect(fold(again)).toMatchObject({ status: "enabled", failingSinceMs: null, disabledBecause: null })
    expect(fold(history(create(), contact("gone"))).disabledBecause).toBe("gone")
  })
})

describe("rotating the secret", () => {
  it("leaves the one before for a while, and then drops it", () => {
    const rotated = fold(history(create(), rotate("s-2", dayMs)))
    expect(rotated.secrets).toEqual([
      { id: "s-2", createdAtMs: nowMs + 1, retiresAtMs: null },
      { id: "s-1", createdAtMs: nowMs, retiresAtMs: nowMs + 1 + dayMs }
    ])
    const later = fold(history(create(), rotate("s-2", dayMs), rotate("s-3", 0, nowMs + 1 + dayMs)))
    expect(later.secrets.map(({ id }) => id)).toEqual(["s-3"])
  })

  it("does not put off the end of one that is retiring already", () => {
    const twice = fold(history(create(), rotate("s-2", dayMs), rotate("s-3", 2 * dayMs, nowMs + 2)))
    expect(twice.secrets.map(({ id, retiresAtMs }) => [id, retiresAtMs])).toEqual([
      ["s-3", null],
      ["s-2", nowMs + 2 + 2 * dayMs],
      ["s-1", nowMs + 1 + dayMs]
    ])
  })

  it("keeps no more than three, the latest ones", () => {
    const rotations = ["s-2", "s-3", "s-4", "s-5"].map((id, n) => rotate(id, dayMs, nowMs + n))
    const { secrets } = fold(history(create(), ...rotations))
    expect(secrets.map(({ id }) => id)).toEqual(["s-5", "s-4", "s-3"])
    expect(secrets).toHaveLength(secretsMax)
  })

  it("lets the one before sign on for as long as may be", () => {
    given(...history(create()))
      .when(rotate("s-2", overlapMaxMs))
      .then({
        ...{ _tag: "SecretRotated", secretId: "s-2" },
        ...{ retiresAtMs: nowMs + 1 + overlapMaxMs, atMs: nowMs + 1 }
      })
  })

  it.each([-1, 0.5, overlapMaxMs + 1, Number.NaN])("refuses an overlap of %d ms", (overlapMs) => {
    given(...history(create()))
      .when(rotate("s-2", overlapMs))
      .thenRejected({ _tag: "OverlapNotAllowed", maxMs: overlapMaxMs })
  })

  it("lets a secret sign until the moment at which it retires", () => {
    const secret = { id: "s", createdAtMs: 0, retiresAtMs: 10 }
    expect([9, 10].map((atMs) => isSigning(secret, atMs))).toEqual([true, false])
    expect(isSigning({ ...secret, retiresAtMs: null }, Number.MAX_SAFE_INTEGER)).toBe(true)
  })

  it("ends with the endpoint", () => {
    expect(fold(history(create(), rotate("s-2", dayMs), remove)).secrets).toEqual([])
  })
})

const lives: { readonly [Status in EndpointStatus]: ReadonlyArray<EndpointCommand> } = {
  none: [],
  unconfirmed: [create({ mustConfirm: true })],
  enabled: [create()],
  disabled: [create(), disable],
  removed: [create(), remove]
}

const commands = {
  create: create(),
  confirm,
  rename: change({ name: "till" }),
  enable,
  disable,
  rotate: rotate("s-2", 0),
  test,
  failed: contact("failed"),
  gone: contact("gone"),
  remove
}

type Answer = EndpointEvent["_tag"] | EndpointRejection["_tag"] | "nothing" | "EndpointCreated,EndpointConfirmed"

const absent: { readonly [Name in Exclude<keyof typeof commands, "create">]: Answer } = {
  ...{ confirm: "EndpointNotFound", rename: "EndpointNotFound", enable: "EndpointNotFound" },
  ...{ disable: "EndpointNotFound", rotate: "EndpointNotFound", test: "EndpointNotFound" },
  ...{ failed: "EndpointNotFound", gone: "EndpointNotFound", remove: "EndpointNotFound" }
}

const table: { readonly [Status in EndpointStatus]: { readonly [Name in keyof typeof commands]: Answer } } = {
  none: { create: "EndpointCreated,EndpointConfirmed", ...absent },
  unconfirmed: {
    ...{ create: "EndpointAlreadyExists", confirm: "EndpointConfirmed", rename: "EndpointChanged" },
    ...{ enable: "EndpointUnconfirmed", disable: "EndpointUnconfirmed", rotate: "SecretRotated" },
    ...{ test: "EndpointUnconfirmed", failed: "nothing", gone: "nothing", remove: "EndpointRemoved" }
  },
  enabled: {
    ...{ create: "EndpointAlreadyExists", confirm: "nothing", rename: "EndpointChanged" },
    ...{ enable: "nothing", disable: "EndpointDisabled", rotate: "SecretRotated" },
    ...{ test: "EndpointTested", failed: "EndpointFailing", gone: "EndpointDisabled", remove: "EndpointRemoved" }
  },
  disabled: {
    ...{ create: "EndpointAlreadyExists", confirm: "nothing", rename: "EndpointChanged" },
    ...{ enable: "EndpointEnabled", disable: "nothing", rotate: "SecretRotated" },
    ...{ test: "EndpointTested", failed: "nothing", gone: "nothing", remove: "EndpointRemoved" }
  },
  removed: { create: "EndpointAlreadyExists", ...absent }
}

describe("every command in every state", () => {
  const statuses = Object.keys(table) as Array<EndpointStatus>

  it.each(statuses)("of an endpoint that is %s", (status) => {
    const endpoint = fold(history(...lives[status]))
    expect(endpoint.status).toBe(status)
    const answers = Object.entries(commands).map(([name, command]) => {
      const decided = decide(endpoint, command)
      if (decided._tag === "Failure") return [name, decided.failure._tag]
      return [name, decided.success.events.map(({ _tag }) => _tag).join() || "nothing"]
    })
    expect(Object.fromEntries(answers)).toEqual(table[status])
  })
})
