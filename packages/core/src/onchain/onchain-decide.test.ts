import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { exampleTransaction } from "../testing/arbitraries/onchain-arbitraries.ts"
import { decider } from "../testing/decider.ts"
import {
  accelerate,
  decide,
  evolve,
  noTransaction,
  type OnchainCommand,
  type OnchainStatus,
  onchainFailureReasons,
  signedTransactionLengthMax
} from "./index.ts"

const { given, history, fold } = decider({ initial: noTransaction, decide, evolve })

const usdc = (amount: bigint) => money(amount, "USDC")
const atMs = 1_005

const create = exampleTransaction(1)
const submit = (signedTransaction = "0xf1", nowMs = atMs): OnchainCommand => ({
  _tag: "SubmitTransaction",
  signedTransaction,
  nowMs
})
const broadcast = (transactionHash = "0x1"): OnchainCommand => ({
  _tag: "RecordBroadcast",
  transactionHash,
  nowMs: atMs
})
const confirm = (transactionHash = "0x1"): OnchainCommand => ({
  ...{ _tag: "RecordConfirmation", transactionHash, received: usdc(10_000_000n), nowMs: atMs }
})
const fail = (transactionHash: string | null = null): OnchainCommand => ({
  ...{ _tag: "RecordFailure", reason: "out_of_gas", transactionHash, nowMs: atMs }
})
const expire = (nowMs = 1_010): OnchainCommand => ({ _tag: "ExpireTransaction", nowMs })

describe("creating a transaction", () => {
  it.each([1, 2] as const)("of version %i waits to be signed, and not for ever", (version) => {
    const { _tag, nowMs, ...details } = exampleTransaction(version)
    const decision = given()
      .when(exampleTransaction(version))
      .then({ _tag: "TransactionCreated", ...details, atMs: nowMs })
    expect(decision.ledger).toEqual([])
    expect(decision.tasks).toEqual([
      {
        id: "transaction-1:expire-transaction",
        kind: "expire_transaction",
        aggregate: { type: "onchain_transaction", id: "transaction-1" },
        subject: "transaction-1",
        dueAtMs: 1_010
      }
    ])
  })

  it.each([
    ["nothing", { amount: usdc(0n) }, "TransactionAmountNotPositive"],
    ["the past", { expiresAtMs: 1_000 }, "TransactionExpiryNotAhead"],
    ["no time", { expiresAtMs: Number.NaN }, "TransactionExpiryNotAhead"],
    ["the other version's message", { version: 2 as const }, "MessageNotOfVersion"],
    ["a permit of the first version", { message: exampleTransaction(2).message }, "MessageNotOfVersion"]
  ])("is refused for %s", (_, change, tag) => {
    expect(decide(noTransaction, { ...create, ...change })).toMatchObject({ failure: { _tag: tag } })
  })
})

describe("submitting a signed transaction", () => {
  it("has it broadcast at once", () => {
    const { tasks } = given(...history(create))
      .when(submit())
      .then({ _tag: "TransactionSubmitted", signedTransaction: "0xf1", atMs })
    expect(tasks).toMatchObject([
      { id: "transaction-1:broadcast-transaction", kind: "broadcast_transaction", dueAtMs: atMs }
    ])
  })

  it("may be as long as the bound, and of all letters of hexadecimal digits and base64", () => {
    for (const text of ["a".repeat(signedTransactionLengthMax), "0xAf09_+/-=="])
      expect(fold(history(create, submit(text)))).toMatchObject({ status: "pending", signedTransaction: text })
  })

  it("again is nothing new, and another is refused", () => {
    const submitted = given(...history(create, submit()))
    submitted.when(submit()).thenNothing()
    submitted.when(submit("0xf2")).thenRejected({ _tag: "SignedTransactionAlreadySubmitted" })
  })

  it("is possible until the last millisecond", () => {
    expect(history(create, submit("0xf1", 1_009))).toHaveLength(2)
    given(...history(create))
      .when(submit("0xf1", 1_010))
      .thenRejected({ _tag: "TransactionHasExpired", expiredAtMs: 1_010 })
  })

  it.each(["", "0x f1", " 0xf1", "0xf1 ", "0x\u0000", "a".repeat(signedTransactionLengthMax + 1)])(
    "takes hexadecimal digits and base64, within bounds",
    (text) => {
      given(...history(create))
        .when(submit(text))
        .thenRejected({ _tag: "SignedTransactionMalformed", lengthMax: signedTransactionLengthMax })
    }
  )
})

describe("what the chain says", () => {
  it("is believed whatever was known before", () => {
    for (const before of [[create], [create, submit()], [create, submit(), broadcast()]]) {
      expect(fold(history(...before, confirm("0x9")))).toMatchObject({
        ...{ status: "completed", transactionHash: "0x9", received: usdc(10_000_000n) }
      })
      expect(fold(history(...before, fail("0x9")))).toMatchObject({
        ...{ status: "failed", transactionHash: "0x9", failureReason: "out_of_gas" }
      })
    }
  })

  it("late moves nothing back", () => {
    given(...history(create, confirm()))
      .when(broadcast())
      .thenNothing()
    given(...history(create, confirm()))
      .when(fail())
      .thenNothing()
    given(...history(create, fail()))
      .when(broadcast())
      .thenNothing()
  })

  it("about money is heard of a transaction that was given up, once", () => {
    const failed = history(create, submit(), expire(), broadcast(), fail())
    given(...failed)
      .when(confirm())
      .then({ _tag: "LateConfirmationFound", transactionHash: "0x1", received: usdc(10_000_000n), atMs })
    const late = history(create, fail(), confirm())
    expect(fold(late)).toMatchObject({ status: "failed", received: usdc(10_000_000n), transactionHash: "0x1" })
    given(...late)
      .when(confirm())
      .thenNothing()
  })

  it("keeps the hash that is known where the failure names none", () => {
    expect(fold(history(create, broadcast(), fail())).transactionHash).toBe("0x1")
  })

  const published = [
    ...["payment_expired", "signed_transaction_expired", "nonce_too_low", "insufficient_token_balance"],
    ...["insufficient_gas_balance", "gas_price_too_low", "out_of_gas", "replacement_failed", "already_in_cache"],
    ...["already_confirmed", "failed_onchain", "blockhash_expired", "transaction_expired"]
  ]

  it("fails for one of the published reasons", () => {
    expect(onchainFailureReasons).toEqual(published)
  })

  it.each(onchainFailureReasons)("may be that it failed: %s", (reason) => {
    given(...history(create))
      .when({ _tag: "RecordFailure", reason, transactionHash: null, nowMs: atMs })
      .then({ _tag: "TransactionFailed", reason, transactionHash: null, atMs })
  })
})

describe("the end of the time to sign", () => {
  it("ends what nobody signed", () => {
    given(...history(create))
      .when(expire(1_009))
      .thenRejected({ _tag: "TransactionNotDue", dueAtMs: 1_010 })
    const { tasks } = given(...history(create))
      .when(expire())
      .then({ _tag: "TransactionFailed", reason: "transaction_expired", transactionHash: null, atMs: 1_010 })
    expect(tasks).toEqual([])
  })

  it("leaves alone what is on its way", () => {
    given(...history(create, submit()))
      .when(expire())
      .thenNothing()
  })
})

describe("accelerating", () => {
  const fresh = {
    id: "transaction-2",
    message: { ...create.message, text: '{"gas":2}' },
    estimatedFee: null,
    expiresAtMs: 2_000,
    nowMs: 1_500
  }

  it("copies what waits on the chain, to be signed anew", () => {
    const waiting = fold(history({ ...create, metadata: "order 5" }, submit(), broadcast()))
    expect(Result.getOrThrow(accelerate(waiting, fresh))).toEqual({
      ...create,
      ...fresh,
      ...{ metadata: "order 5", replaces: "transaction-1" }
    })
  })

  it("copies nothing that is not there", () => {
    expect(accelerate(noTransaction, fresh)).toEqual(Result.fail({ _tag: "TransactionNotFound" }))
  })

  it.each<[OnchainStatus, ReadonlyArray<OnchainCommand>]>([
    ["created", [create]],
    ["pending", [create, submit()]],
    ["completed", [create, confirm()]],
    ["failed", [create, fail()]]
  ])("copies nothing that is %s", (status, life) => {
    expect(accelerate(fold(history(...life)), fresh)).toMatchObject({
      failure: { _tag: "TransactionNotBroadcast", status }
    })
  })
})

describe("every command in every state", () => {
  const lives: { readonly [Status in OnchainStatus]: ReadonlyArray<OnchainCommand> } = {
    none: [],
    created: [create],
    pending: [create, submit()],
    broadcasted: [create, submit(), broadcast()],
    completed: [create, submit(), broadcast(), confirm()],
    failed: [create, submit(), broadcast(), fail()]
  }
  const commands = [create, submit("0xf2"), broadcast(), confirm(), fail(), expire()]
  const exists = "TransactionAlreadyExists"
  const already = "SignedTransactionAlreadySubmitted"

  it.each<[OnchainStatus, ReadonlyArray<string>]>([
    ["none", ["TransactionCreated", ...Array.from({ length: 5 }, () => "TransactionNotFound")]],
    [
      "created",
      [
        exists,
        "TransactionSubmitted",
        "TransactionBroadcast",
        "TransactionCompleted",
        "TransactionFailed",
        "TransactionFailed"
      ]
    ],
    ["pending", [exists, already, "TransactionBroadcast", "TransactionCompleted", "TransactionFailed", "nothing"]],
    ["broadcasted", [exists, already, "nothing", "TransactionCompleted", "TransactionFailed", "nothing"]],
    ["completed", [exists, already, "nothing", "nothing", "nothing", "nothing"]],
    ["failed", [exists, already, "nothing", "LateConfirmationFound", "nothing", "nothing"]]
  ])("of a transaction that is %s", (status, expected) => {
    const transaction = fold(history(...lives[status]))
    expect(transaction.status).toBe(status)
    const answers = commands.map((command) => {
      const decided = decide(transaction, command)
      if (decided._tag === "Failure") return decided.failure._tag
      return decided.success.events.map(({ _tag }) => _tag).join() || "nothing"
    })
    expect(answers).toEqual(expected)
  })

  it.each([
    ["broadcasted", [create, broadcast()]],
    ["completed", [create, confirm()]],
    ["failed", [create, fail()]]
  ] as const)("that was never submitted takes no signature: %s", (status, life) => {
    given(...history(...life))
      .when(submit())
      .thenRejected({ _tag: "TransactionNotSubmittable", status })
  })
})
