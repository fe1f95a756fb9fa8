/** A process that keeps writing: `file milliseconds`. It leaves no gap between two transactions but a moment. */
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"

const [file = "", milliseconds = ""] = process.argv.slice(2)
const { database, close } = sqliteStore({ path: file })
const untilMs = performance.now() + Number.parseInt(milliseconds, 10)
const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
database.pragma("busy_timeout = 5000")
database.exec("create table if not exists hosts_own (value integer)")
while (performance.now() < untilMs) {
  database.exec("begin immediate; insert into hosts_own values (1)")
  pause(200)
  database.exec("commit")
  pause(5)
}
await close()
process.stdout.write("held")
