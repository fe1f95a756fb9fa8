/**
 * An append-only file of JSON lines that survives the death of its writer at any byte. Each line begins with its checksum;
 * what is torn at the end was never acknowledged and is cut off, anything else that does not fit is damage.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"

/** The lines that there are, oldest first, and a way to add more. One process has the file at a time. */
export type LogFile = {
  readonly lines: ReadonlyArray<string>
  /** Returns when the lines are on disk. Throws where they may or may not be. */
  readonly append: (lines: ReadonlyArray<string>) => void
  readonly close: () => void
}

export const openLogFile = (path: string): LogFile => {
  const lock = `${path}.lock`
  takeLock(lock)
  try {
    const file = openSync(path, "a+")
    // A file is found after the loss of power only where its directory was written as well.
    syncDirectory(dirname(path))
    const { lines, bytes } = readWhole(readFileSync(path))
    ftruncateSync(file, bytes)
    fsyncSync(file)
    return {
      lines,
      append: (more) => {
        writeWhole(file, Buffer.from(more.map((line) => `${checksum(line)} ${line}\n`).join("")))
        fsyncSync(file)
      },
      close: () => {
        closeSync(file)
        rmSync(lock, { force: true })
      }
    }
  } catch (error) {
    rmSync(lock, { force: true })
    throw error
  }
}

/** All lines that end, and how many bytes they take. */
const readWhole = (content: Buffer): { readonly lines: ReadonlyArray<string>; readonly bytes: number } => {
  const bytes = content.lastIndexOf("\n") + 1
  const lines = content.subarray(0, bytes).toString("utf8").split("\n").slice(0, -1)
  const checked = lines.map((line) => ({ sum: line.slice(0, 8), text: line.slice(9) }))
  const damaged = checked.findIndex(({ sum, text }) => sum !== checksum(text))
  // The last line may end by chance where the writing stopped: it holds the bytes of an old block.
  if (damaged !== -1 && damaged < checked.length - 1) throw new Error(`line ${damaged + 1} is damaged`)
  if (damaged === -1) return { lines: checked.map(({ text }) => text), bytes }
  const torn = Buffer.byteLength(`${lines[damaged]}\n`)
  return { lines: checked.slice(0, damaged).map(({ text }) => text), bytes: bytes - torn }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0")

const writeWhole = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

const syncDirectory = (path: string): void => {
  const directory = openSync(path, "r")
  fsyncSync(directory)
  closeSync(directory)
}

/** A lock of a process that is gone is taken over. */
const takeLock = (lock: string): void => {
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: "wx" })
      return
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
    }
    if (isAlive(readOwner(lock))) throw new Error(`${lock} says that another process has the log open`)
    rmSync(lock, { force: true })
  }
}

const readOwner = (lock: string): number => Number.parseInt(readFileSync(lock, "utf8"), 10)

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
