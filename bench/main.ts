/** Measures everything, or the parts named on the command line: `pnpm bench money decide`. */
import { cpus } from "node:os"
import { benchDecide } from "./decide.ts"
import { benchHttp } from "./http.ts"
import { benchMoney } from "./money.ts"
import { benchPayments } from "./payments-sqlite.ts"

const parts: Readonly<Record<string, () => Promise<void>>> = {
  money: benchMoney,
  decide: benchDecide,
  payments: benchPayments,
  http: benchHttp
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`)
  process.exit(1)
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}. Best of 5 rounds, each contender beside its baseline.`
)
for (const [name, bench] of Object.entries(parts)) {
  if (asked.length === 0 || asked.includes(name)) await bench()
}
