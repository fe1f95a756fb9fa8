/** How the tests run against a mutant: the files that the room names, one after another in one thread, laws cut short. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const core = resolve(import.meta.dirname, "../../packages/core")
const { exports } = JSON.parse(readFileSync(resolve(core, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, { readonly source: string }>>
}

// By its own name the core would be found through node_modules, which leads out of the mutated copy.
const ownName = new Map(
  Object.entries(exports).map(([entry, { source }]) => [`@paykernel/core${entry.slice(1)}`, resolve(core, source)])
)

const fewerRuns = resolve(import.meta.dirname, "fewer-runs.ts")

const tests = (process.env["PAYKERNEL_MUTATION_TESTS"] ?? "").split(",")

/** In the order in which the room names them, which is that of how likely and how soon they fail. */
class AsNamed extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const place = ({ moduleId }: TestSpecification): number => tests.findIndex((test) => moduleId.endsWith(test))
    return files.toSorted((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  plugins: [
    {
      name: "mutated-core",
      enforce: "pre",
      resolveId: (source, importer) =>
        source === "fast-check" && importer !== fewerRuns ? fewerRuns : ownName.get(source)
    }
  ],
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    root: resolve(import.meta.dirname, "../.."),
    include: tests,
    runner: resolve(import.meta.dirname, "test-runner.ts"),
    // A file that is not even loaded after the first failure has no tests.
    passWithNoTests: true,
    isolate: false,
    sequence: { sequencer: AsNamed },
    testTimeout: 10_000
  }
})
