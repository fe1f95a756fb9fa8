/**
 * Where a Chromium is. On Linux it comes in a package, with a font and the few libraries that a bare system lacks;
 * elsewhere an installed Chrome is used. Nothing is downloaded.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { arch, platform, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { LaunchOptions } from "playwright-core"

/** What playwright needs to start it. */
export const findChromium = (): LaunchOptions => {
  if (platform() !== "linux" || arch() !== "x64") return { channel: "chrome" }
  const home = unpacked()
  return {
    executablePath: join(home, "chromium"),
    // Inside a container there is seldom a sandbox to be had, and the only pages are our own.
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
    env: { ...process.env, LD_LIBRARY_PATH: join(home, "al2023", "lib"), FONTCONFIG_FILE: join(home, fontsFile) }
  }
}

/** Unpacked once and kept. Put in place with one rename, so that several that unpack at once all end with a whole one. */
const unpacked = (): string => {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium")
  const { version } = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")) as {
    readonly version: string
  }
  const place = join(tmpdir(), `paykernel-chromium-${version}-${process.getuid?.()}`)
  if (isOurs(place)) return place
  const draft = mkdtempSync(`${place}.`)
  try {
    // The package unpacks into the temporary folder of its process, and the libraries only where that looks like AWS.
    execFileSync(process.execPath, ["--input-type=module", "--eval", unpack], {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: "", TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
      stdio: ["ignore", "ignore", "inherit"]
    })
    writeFileSync(join(draft, fontsFile), fontConfiguration(place))
    renameSync(draft, place)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!isOurs(place)) throw error
  }
  return place
}

const unpack = `await (await import("@sparticuz/chromium")).default.executablePath()`

/** What somebody else has put there is not run. */
const isOurs = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.uid === process.getuid?.()

const fontsFile = "fonts.conf"

/**
 * The package's own configuration names `/tmp/fonts`, and without any font the browser dies. The packaged one comes
 * first, so that pictures look alike everywhere; those of the system serve other scripts.
 */
const fontConfiguration = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${home}/fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${home}/fonts-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`
