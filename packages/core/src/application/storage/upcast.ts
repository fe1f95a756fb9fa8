/**
 * Stored shapes outlive the program that wrote them. Each is stored with the version of its shape; one of an older
 * version is brought up step by step before it is decoded, so that the rest of the program knows one shape only.
 */
import type { Json } from "../../ports/commit.ts"

/** For each version that was ever left behind, how its JSON becomes that of the next version. */
export type Upcasters = { readonly [fromVersion: number]: (json: Json) => Json }

/**
 * The JSON in the shape of `toVersion`. Throws on a version of the future, which only a newer program may read, and
 * on one that no step leads away from.
 *
 * @example
 * upcast({ city: "Bern" }, 1, 2, { 1: () => ({ town: "Bern" }) }) // => { town: "Bern" }
 */
export const upcast = (json: Json, fromVersion: number, toVersion: number, upcasters: Upcasters): Json => {
  if (!Number.isInteger(fromVersion) || fromVersion < 1 || fromVersion > toVersion) {
    throw new RangeError(`stored with version ${fromVersion}, but this program reads 1 to ${toVersion}`)
  }
  let current = json
  for (let version = fromVersion; version < toVersion; version++) {
    const step = upcasters[version]
    if (step === undefined) throw new RangeError(`no step leads from stored version ${version} to the next`)
    current = step(current)
  }
  return current
}

/** Version of every shape that never changed. Whoever changes one gives it a version and adds the step from the old. */
export const schemaVersion = 1

/** Reads a stored shape of whatever version, as the present one is decoded. */
export const reader =
  <Shape>(
    upcasters: Upcasters,
    decode: (json: unknown) => Shape,
    current = schemaVersion
  ): ((json: Json, schemaVersion: number) => Shape) =>
  (json, version) =>
    decode(upcast(json, version, current, upcasters))
