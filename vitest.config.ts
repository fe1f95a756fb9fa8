import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const everyTest = ["packages/*/{src,test}/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"]

/** Tests with `vi.mock`, which reaches only what nobody has loaded before. */
const replacesModules = [
  "packages/core/test/planted/*.test.ts",
  "packages/adapters-http/src/auth/api-key-verifier.test.ts",
  "packages/adapters-http/src/openpgp/card-door-attacks.test.ts"
]

/**
 * In this order they begin: what computes for minutes, beside what waits for minutes. Begun at the end, each would leave
 * cores without work.
 */
const longest = [
  ...["simulation/campaign-", "src/postgres/postgres-store", "src/sqlite/sqlite-store", "planted/planted-rules"],
  ...["interleavings/all-schedules-", "cluster/test/faults/kills", "custom-store/test/log-store"]
]

/** In the deep tier a test lives tens of times as many lives, beside others that keep every core busy for an hour. */
const timeoutMs = process.env["PAYKERNEL_DEEP"] === "1" ? 1_800_000 : 60_000

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((part) => moduleId.includes(part))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

// Everything runs from source: the "source" export condition leads to src/, so no build stands between a change and its test.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // Half of the tests wait, for a disk or for processes of their own: two workers more than there are cores keep them busy.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Servers are started some hundred times from source: each reads what the first one compiled.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache") },
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    // What a test waits for comes at once, unless the machine is busy with others.
    expect: { poll: { timeout: 20_000 } },
    // Loading what a test needs costs more than many a test: files share what others have loaded, unless they replace modules.
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: everyTest,
          exclude: replacesModules,
          isolate: false,
          globalSetup: "tools/postgres/src/vitest-server.ts"
        }
      },
      { extends: true, test: { name: "alone", include: replacesModules } }
    ]
  }
})
