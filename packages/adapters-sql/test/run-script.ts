/** Runs a script of this folder in a process of its own and gives back what it printed. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export const runScript = (
  script: string,
  args: ReadonlyArray<string>,
  under: ReadonlyArray<string> = []
): Promise<string> => {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const [command = process.execPath, ...rest] = [...under, process.execPath, "--conditions=source", file, ...args]
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] })
  const printed: Array<Buffer> = []
  const complaints: Array<Buffer> = []
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(printed).toString())
      else reject(new Error(`${script} ended with ${code}: ${Buffer.concat(complaints).toString()}`))
    })
  })
}
