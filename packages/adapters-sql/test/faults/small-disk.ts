/** A file system of its own that can be filled: a few megabytes of memory, where this process may mount them. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type SmallDisk = {
  readonly path: string
  /** Leaves so much free, by a file that stands for what others keep there. */
  readonly fill: (bytesLeft: number) => void
  readonly makeRoom: () => void
  readonly bytesFree: () => number
  readonly remove: () => void
}

export const smallDisk = (megabytes: number): SmallDisk => {
  const path = mkdtempSync(join(tmpdir(), "paykernel-disk-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path], { stdio: "ignore" })
  const ballast = join(path, "ballast")
  const bytesFree = (): number => {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  }
  const makeRoom = (): void => rmSync(ballast, { force: true })
  return {
    path,
    makeRoom,
    bytesFree,
    fill: (bytesLeft) => {
      makeRoom()
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bytesFree() - bytesLeft)))
      } catch (error) {
        // Others write meanwhile, and it is full all the same.
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error
      }
    },
    remove: () => {
      execFileSync("umount", ["--lazy", path])
      rmSync(path, { recursive: true, force: true })
    }
  }
}

/** Empty where a small disk can be had, and otherwise why not. */
export const noSmallDisk = (() => {
  try {
    smallDisk(1).remove()
    return ""
  } catch {
    return " (skipped: no tmpfs can be mounted here, which needs Linux and root)"
  }
})()
