import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineConfig } from "vitest/config"

// Everything runs from source: the "source" export condition leads to src/, so no build stands between a change and its test.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: "tools/postgres/src/vitest-server.ts",
    // Half of the tests wait, for a disk or for processes of their own: a worker more than there are cores keeps them busy.
    maxWorkers: 3,
    // Servers are started some hundred times from source: each reads what the first one compiled.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache") },
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
})
