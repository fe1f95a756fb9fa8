import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Result from "effect/Result"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openFileKeyRing, rotate } from "./file-key-ring.ts"
import { open, seal } from "./index.ts"

const place = { merchantId: "m1", recordId: "c1", field: "pan" }

describe("a key ring in a file", () => {
  let directory: string
  let path: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "key-ring-"))
    path = join(directory, "keys", "ring.json")
  })
  afterEach(() => rm(directory, { recursive: true }))

  it("is created for its owner alone, and read again", async () => {
    const sealed = await seal(await openFileKeyRing(path), "secret", place)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const opened = await open(await openFileKeyRing(path), sealed, place)
    expect(new TextDecoder().decode(Result.getOrThrow(opened))).toBe("secret")
    expect(await readdir(join(directory, "keys"))).toEqual(["ring.json"])
  })

  it("given many processes start at once, then all hold the same key", async () => {
    const rings = await Promise.all(Array.from({ length: 20 }, () => openFileKeyRing(path)))
    const [first] = rings
    if (first === undefined) throw new Error("no ring")
    const sealed = await seal(first, "secret", place)
    for (const ring of rings) expect(Result.isSuccess(await open(ring, sealed, place))).toBe(true)
    expect(await readdir(join(directory, "keys"))).toEqual(["ring.json"])
  })

  it("rotates: a new current key, the old ones kept", async () => {
    const before = await openFileKeyRing(path)
    const sealed = await seal(before, "secret", place)
    expect((await rotate(path)).current).toBe("k2")
    expect((await rotate(path)).current).toBe("k3")
    const after = await openFileKeyRing(path)
    expect(after.current).toBe("k3")
    expect(Result.isSuccess(await open(after, sealed, place))).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(directory, "keys"))).toEqual(["ring.json"])
  })

  it("given rotations at the same time, then none loses another's key", async () => {
    await openFileKeyRing(path)
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => rotate(path)))
    const done = results.filter((result) => result.status === "fulfilled").length
    expect(done).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(await readFile(path, "utf8")).keys).toHaveLength(1 + done)
  })

  it.each([0o640, 0o604, 0o620, 0o660, 0o666])("is refused when its mode is %o", async (mode) => {
    await openFileKeyRing(path)
    await chmod(path, mode)
    await expect(openFileKeyRing(path)).rejects.toMatchObject({ _tag: "KeyRingFileRefused" })
    await expect(rotate(path)).rejects.toThrow("chmod 600")
  })

  const k1 = { id: "k1", key: "A".repeat(43) }
  const stored = (change: object): string =>
    JSON.stringify({ version: 1, current: "k1", anchor: "k1", keys: [k1], ...change })

  it.each([
    ...["", "{", "[]", "null", '"text"', "1"],
    ...[{ version: 2 }, { current: 1 }, { anchor: null }, { keys: k1 }, { keys: [k1, null] }, { keys: ["k1"] }].map(
      stored
    ),
    ...[{ id: "k1" }, { key: k1.key }, { ...k1, id: 1 }, { ...k1, key: 1 }].map((key) => stored({ keys: [k1, key] }))
  ])("is refused, and left as it is, when it holds %j", async (content) => {
    await mkdir(join(directory, "keys"))
    await writeFile(path, content, { mode: 0o600 })
    await expect(openFileKeyRing(path)).rejects.toThrow("does not hold a key ring")
    expect(await readFile(path, "utf8")).toBe(content)
  })

  it("is refused when its keys make no ring", async () => {
    await mkdir(join(directory, "keys"))
    await writeFile(path, stored({ keys: [k1, k1] }), { mode: 0o600 })
    await expect(openFileKeyRing(path)).rejects.toThrow("do not make a ring")
  })

  it("gives a new key an id that none has, whatever the ids of the others are", async () => {
    await mkdir(join(directory, "keys"))
    await writeFile(path, stored({ keys: [k1, { ...k1, id: "k3" }] }), { mode: 0o600 })
    expect((await rotate(path)).current).toBe("k4")
  })

  it("is refused where it cannot be opened, and not rotated where no lock can be made", async () => {
    await expect(rotate(path)).rejects.toThrow("cannot be made")
    await openFileKeyRing(path)
    await expect(openFileKeyRing(join(path, "ring.json"))).rejects.toThrow("it cannot be opened")
  })

  it("names neither keys nor content when it is refused", async () => {
    await openFileKeyRing(path)
    const content = (await readFile(path, "utf8")).replace('"current": "k1"', '"current": "k7"')
    await writeFile(path, content)
    const error = await openFileKeyRing(path).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ _tag: "KeyRingFileRefused" })
    expect(JSON.stringify(error) + String(error)).not.toContain(JSON.parse(content).keys[0].key)
  })

  it("is not made by a rotation, and not rotated while a lock is held", async () => {
    await mkdir(join(directory, "keys"))
    await expect(rotate(path)).rejects.toThrow("no such file")
    await openFileKeyRing(path)
    await writeFile(`${path}.lock`, "")
    await expect(rotate(path)).rejects.toThrow("a rotation is under way")
    expect((await openFileKeyRing(path)).current).toBe("k1")
  })

  it("is refused when it is a directory", async () => {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await expect(openFileKeyRing(path)).rejects.toThrow("not a regular file")
  })
})
