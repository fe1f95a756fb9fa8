/**
 * Small files that belong to the server alone: keys, and what it must remember. Written whole, synced and put in place
 * in one step, so that a crash leaves the old content or the new one.
 */
import { randomBytes } from "node:crypto"
import { mkdir, open, rename } from "node:fs/promises"
import { dirname } from "node:path"

/** The text of a file, or `undefined` where there is none. Rejects if others may read it or change it. */
export const readPrivateFile = async (path: string): Promise<string | undefined> => {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined
    throw cause
  })
  if (file === undefined) return undefined
  try {
    // Of the opened file, not of its name, which could be swapped in between. Windows has no such bits.
    const { mode } = await file.stat()
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new Error(`others may read or change ${path}; run: chmod 600 ${path}`)
    }
    return await file.readFile("utf8")
  } finally {
    await file.close()
  }
}

export const writePrivateFile = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString("hex")}.draft`
  const file = await open(draft, "wx", 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  await syncDirectory(dirname(path))
}

/** The text of a file; one that is not there yet is made first. */
export const privateFile = async (path: string, make: () => string | Promise<string>): Promise<string> => {
  const existing = await readPrivateFile(path)
  if (existing !== undefined) return existing
  const text = await make()
  await writePrivateFile(path, text)
  return text
}

/** A new name is durable only once its directory is. Windows cannot sync one. */
const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const directory = await open(path, "r")
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
