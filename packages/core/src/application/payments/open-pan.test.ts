import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import type { Vault } from "../../ports/vault.ts"
import { openPan } from "./open-pan.ts"

const place = { merchantId: "merchant-1", recordId: "card-1", field: "pan" }

/** A vault in which this was sealed for that place. */
const vaultWith = (text: string): Vault["Service"] => {
  const absent = () => Effect.die(new Error("not asked for"))
  return { seal: absent, rewrap: absent, fingerprint: absent, open: () => Effect.succeed(Redacted.make(text)) }
}

describe("a card number out of a vault", () => {
  it("is one that nothing shows by accident", async () => {
    const pan = await Effect.runPromise(openPan(vaultWith("4242424242424242"), "sealed", place))
    expect(pan.last4).toBe("4242")
    expect(`${pan}`).not.toContain("4242424242424242")
  })

  it("that is none was not sealed for its place", async () => {
    const broken = await Effect.runPromise(Effect.flip(openPan(vaultWith("not a number"), "sealed", place)))
    expect(broken).toMatchObject({ _tag: "SealBroken", place })
  })
})
