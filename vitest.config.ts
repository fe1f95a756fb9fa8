import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineConfig } from "vitest/config"

const everyTest = ["packages/*/{src,test}/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"]

/** Tests with `vi.mock`, which reaches only what nobody has loaded before. */
const replacesModules = [
  "packages/core/test/planted/*.test.ts",
  "packages/adapters-http/src/auth/api-key-verifier.test.ts",
  "packages/adapters-http/src/openpgp/card-door-attacks.test.ts"
]

// Everything runs from source: the "source" export condition leads to src/, so no build stands between a change and its test.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // Half of the tests wait, for a disk or for processes of their own: a worker more than there are cores keeps them busy.
    maxWorkers: 3,
    // Servers are started some hundred times from source: each reads what the first one compiled.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache") },
    testTimeout: 60_000,
    hookTimeout: 60_000,
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
