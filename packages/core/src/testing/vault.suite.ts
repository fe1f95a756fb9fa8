/**
 * What every vault promises, as tests over a factory. An adapter author calls `describeVault` in a test file of
 * their own; each case says in its name which promise it holds the vault to.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { expect } from "vitest"
import { Pan } from "../card/pan.ts"
import type { Place, Vault, VaultError } from "../ports/vault.ts"
import { describeCases, NotApplicable, type SuiteCases, type SuiteSkip } from "./suite.ts"

/** A vault under test. `rotate` makes a new current key; a vault that cannot says so and the cases are skipped. */
export type VaultUnderTest = {
  readonly vault: Vault["Service"]
  readonly rotate?: () => Promise<Vault["Service"]>
}

/** Every case by its title. */
export const vaultCases: SuiteCases<VaultUnderTest> = {
  "gives back what was sealed: any text, and none": async ({ vault }) => {
    for (const secret of secrets) {
      const sealed = await run(vault.seal(secret, place))
      expect(await openText(vault, sealed, place)).toBe(secret)
    }
  },
  "seals a card number as its digits": async ({ vault }) => {
    const sealed = await run(vault.seal(card, place))
    expect(await openText(vault, sealed, place)).toBe(card.reveal())
  },
  "shows nothing of the secret in sealed text, and seals the same secret differently each time": async ({ vault }) => {
    const texts = new Set<string>()
    for (let i = 0; i < 50; i++) texts.add(await run(vault.seal(card, place)))
    expect(texts.size).toBe(50)
    for (const text of texts) {
      expect(text).not.toContain(card.reveal())
      expect(text).toMatch(/^[\x21-\x7e]+$/u)
    }
  },
  "opens at its own place only": async ({ vault }) => {
    const sealed = await run(vault.seal(card, place))
    for (const other of otherPlaces) {
      expect(await fails(vault.open(sealed, other)), JSON.stringify(other)).toBe("SealBroken")
      expect(await fails(vault.rewrap(sealed, other)), JSON.stringify(other)).toBe("SealBroken")
    }
  },
  "refuses every text with one character changed, dropped or added": async ({ vault }) => {
    const sealed = await run(vault.seal(card, place))
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.charAt(at) === "A" ? "B" : "A"
      for (const middle of [changed, "", `${sealed.charAt(at)}${sealed.charAt(at)}`]) {
        const text = `${sealed.slice(0, at)}${middle}${sealed.slice(at + 1)}`
        expect(["SealBroken", "KeyUnknown"]).toContain(await fails(vault.open(text, place)))
      }
    }
  },
  "refuses what it never sealed": async ({ vault }) => {
    for (const text of ["", ".", "...", "4007400000000007", "null", "{}", "A".repeat(5000)]) {
      expect(["SealBroken", "KeyUnknown"], text).toContain(await fails(vault.open(text, place)))
    }
  },
  "gives one fingerprint per card number and merchant, shaped as a UUID": async ({ vault }) => {
    const mine = await run(vault.fingerprint(card, "merchant-1"))
    expect(mine).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    expect(await run(vault.fingerprint(card, "merchant-1"))).toBe(mine)
    expect(await run(vault.fingerprint(card, "merchant-2"))).not.toBe(mine)
    expect(await run(vault.fingerprint(otherCard, "merchant-1"))).not.toBe(mine)
  },
  "given a rotation, then old seals open, re-wrap, and fingerprints stay": async ({ vault, rotate }) => {
    if (rotate === undefined) throw new NotApplicable("this vault does not rotate keys")
    const sealed = await run(vault.seal(card, place))
    const fingerprint = await run(vault.fingerprint(card, place.merchantId))
    const rotated = await rotate()
    expect(await openText(rotated, sealed, place)).toBe(card.reveal())
    const rewrapped = await run(rotated.rewrap(sealed, place))
    expect(rewrapped).not.toBe(sealed)
    expect(await openText(rotated, rewrapped, place)).toBe(card.reveal())
    expect(await run(rotated.fingerprint(card, place.merchantId))).toBe(fingerprint)
  }
}

/**
 * Runs the suite of the `Vault` port. `make` is called once per case and gives a fresh vault.
 *
 * @example
 * describeVault("my vault", async () => ({ vault: myVault() }))
 */
export const describeVault = (
  name: string,
  make: () => Promise<VaultUnderTest>,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a vault`, vaultCases, make, skip)

const place: Place = { merchantId: "merchant-1", recordId: "card-1", field: "pan" }

// The last two would be the same bytes as the place if its parts were only strung together.
const otherPlaces: ReadonlyArray<Place> = [
  { ...place, merchantId: "merchant-2" },
  { ...place, recordId: "card-2" },
  { ...place, field: "name" },
  { merchantId: "merchant-1c", recordId: "ard-1", field: "pan" },
  { merchantId: "merchant-1", recordId: "card-1p", field: "an" }
]

const secrets = ["4007400000000007", "", "Zoë Ångström 👩‍🚀", "\u0000\ufeff", "\ufeffa", "x".repeat(10_000)]

const card = Result.getOrThrow(Pan.parse("4007400000000007"))
const otherCard = Result.getOrThrow(Pan.parse("4012000033330026"))

const run = <A>(effect: Effect.Effect<A, VaultError>): Promise<A> => Effect.runPromise(effect)

const openText = async (vault: Vault["Service"], sealed: string, at: Place): Promise<string> =>
  Redacted.value(await run(vault.open(sealed, at)))

const fails = async <A>(effect: Effect.Effect<A, VaultError>): Promise<string> => {
  const result = await Effect.runPromise(Effect.result(effect))
  return Result.isFailure(result) ? result.failure._tag : "opened"
}
