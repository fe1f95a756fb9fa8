/** Runs the server from the command line: reads the environment, starts, says where it is, and stops when told to. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { startServer } from "./server.ts"
import { readSettings, type ServerSettings } from "./settings.ts"

const main = async (): Promise<void> => {
  // What it writes is for its owner alone, the files of the database included.
  process.umask(0o077)
  // A package manager changes into the package; paths are meant from where the command was given.
  const settings = readSettings(process.env, process.env["INIT_CWD"] ?? process.cwd())
  if (Result.isFailure(settings)) {
    for (const { variable, message } of settings.failure) console.error(`${variable} ${message}`)
    process.exitCode = 1
    return
  }
  await run(settings.success)
}

const run = async (settings: ServerSettings): Promise<void> => {
  const server = await startServer(settings, console.error)
  const stop = (signal: NodeJS.Signals): void => {
    // A second signal finds no listener and ends the process at once.
    for (const other of stopSignals) process.off(other, stop)
    server.close().then(
      () => process.exit(0),
      (cause: unknown) => {
        console.error(`${signal}: ${sentence(cause)}`)
        process.exit(1)
      }
    )
  }
  for (const signal of stopSignals) process.on(signal, stop)
  console.log(`paykernel listening on ${server.address}`)
  const key = server.generatedApiKey
  if (key !== null) console.log(`API key: ${Redacted.value(key)}`)
  const { email, password, isGenerated } = server.dashboardAccount
  const told = isGenerated ? `, password ${Redacted.value(password)}` : ""
  console.log(`Dashboard: ${server.address}/dashboard, sign in as ${email}${told}`)
  const shown = key === null ? "$PAYKERNEL_API_KEY" : Redacted.value(key)
  console.log(`Try it:  curl -H "Authorization: Bearer ${shown}" ${server.address}/v1/configuration`)
}

const stopSignals = ["SIGTERM", "SIGINT"] as const

const sentence = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const { code, port } = Object.assign({ code: "", port: "" }, cause)
  if (code === "EADDRINUSE") return `port ${port} is in use; set PORT to another one`
  return cause.message
}

main().catch((cause: unknown) => {
  console.error(sentence(cause))
  process.exit(1)
})
