/**
 * A key ring in a file of its owner alone, for hosts without a key service. Node only. The file is written whole,
 * synced and then put in place in one step, so a crash leaves the old ring or the new one, never half a ring: a
 * lost key is every card number sealed under it.
 */
import { randomBytes } from "node:crypto"
import { link, mkdir, open, rename, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import * as Data from "effect/Data"
import { toBase64Url } from "../base64-url.ts"
import { type KeyRing, type KeyRingEntry, keyRingFromValues } from "./key-ring.ts"

/** Why a key ring file is not used. Names the file, never what is in it. */
export class KeyRingFileRefused extends Data.TaggedError("KeyRingFileRefused")<{
  readonly path: string
  readonly reason: string
}> {
  override get message(): string {
    return `key ring file ${this.path}: ${this.reason}`
  }
}

/** Loads the ring of a file, and creates the file with one fresh key if there is none. */
export const openFileKeyRing = async (path: string): Promise<KeyRing> => {
  const existing = await readRing(path)
  if (existing !== undefined) return toKeyRing(path, existing)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fresh: StoredRing = { version: 1, current: "k1", anchor: "k1", keys: [freshKey("k1")] }
  const draft = await writeDraft(path, fresh)
  try {
    // A link fails where the name is taken: of two processes that start together, both use the first one's keys.
    await link(draft, path)
    await syncDirectory(path)
  } catch (cause) {
    if (!hasCode(cause, "EEXIST")) throw cause
  } finally {
    await unlink(draft)
  }
  const winner = await readRing(path)
  if (winner === undefined) throw refused(path, "it disappeared while it was being created")
  return toKeyRing(path, winner)
}

/** Adds a fresh key, makes it current and gives the new ring. Sealed texts keep opening under the older keys. */
export const rotate = async (path: string): Promise<KeyRing> => {
  const release = await lock(path)
  try {
    const ring = await readRing(path)
    if (ring === undefined) throw refused(path, "there is no such file to rotate")
    const id = nextKeyId(ring)
    const next: StoredRing = { ...ring, current: id, keys: [...ring.keys, freshKey(id)] }
    const keyRing = await toKeyRing(path, next)
    await rename(await writeDraft(path, next), path)
    await syncDirectory(path)
    return keyRing
  } finally {
    await release()
  }
}

type StoredRing = {
  readonly version: 1
  readonly current: string
  readonly anchor: string
  readonly keys: ReadonlyArray<KeyRingEntry>
}

const refused = (path: string, reason: string): KeyRingFileRefused => new KeyRingFileRefused({ path, reason })

const freshKey = (id: string): KeyRingEntry => ({ id, key: toBase64Url(randomBytes(32)) })

const nextKeyId = (ring: StoredRing): string => {
  const taken = new Set(ring.keys.map((entry) => entry.id))
  let number = ring.keys.length + 1
  while (taken.has(`k${number}`)) number++
  return `k${number}`
}

const toKeyRing = async (path: string, ring: StoredRing): Promise<KeyRing> => {
  try {
    return await keyRingFromValues(ring.keys, { current: ring.current, anchor: ring.anchor })
  } catch {
    throw refused(path, "its keys do not make a ring: an id is repeated or missing, or a key is not 32 bytes")
  }
}

/** The permissions are read from the opened file, not from the name, which could be swapped in between. */
const readRing = async (path: string): Promise<StoredRing | undefined> => {
  const file = await open(path, "r").catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) return undefined
    throw refused(path, hasCode(cause, "EACCES") ? "this process may not read it" : "it cannot be opened")
  })
  if (file === undefined) return undefined
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw refused(path, "it is not a regular file")
    // Windows has no such bits: Node reports every file there as readable by all.
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      throw refused(path, `others may read or change it; run: chmod 600 ${path}`)
    }
    const ring = parseRing(await file.readFile("utf8"))
    if (ring === undefined) throw refused(path, "it does not hold a key ring of version 1")
    return ring
  } finally {
    await file.close()
  }
}

const parseRing = (text: string): StoredRing | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isStoredRing(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const isStoredRing = (value: unknown): value is StoredRing =>
  isRecord(value) &&
  value["version"] === 1 &&
  typeof value["current"] === "string" &&
  typeof value["anchor"] === "string" &&
  Array.isArray(value["keys"]) &&
  value["keys"].every((key) => isRecord(key) && typeof key["id"] === "string" && typeof key["key"] === "string")

/** The ring in a file beside its place, on the disk before this returns. */
const writeDraft = async (path: string, ring: StoredRing): Promise<string> => {
  const draft = `${path}.${randomBytes(6).toString("hex")}.draft`
  const file = await open(draft, "wx", 0o600)
  try {
    await file.writeFile(`${JSON.stringify(ring, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

/** A new name is durable only once its directory is. */
const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const directory = await open(dirname(path), "r")
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Two rotations at once would each write a ring without the other's key. */
const lock = async (path: string): Promise<() => Promise<void>> => {
  const name = `${path}.lock`
  const file = await open(name, "wx", 0o600).catch((cause: unknown) => {
    throw hasCode(cause, "EEXIST")
      ? refused(path, `a rotation is under way; if none is, a crash left ${name} behind, and it may be removed`)
      : refused(path, `the lock ${name} cannot be made`)
  })
  await file.close()
  return () => unlink(name)
}

const hasCode = (cause: unknown, code: string): boolean => isRecord(cause) && cause["code"] === code
