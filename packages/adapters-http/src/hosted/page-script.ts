/** The script of the pages, as it was bundled when the package was made. It is kept compressed, and mostly sent so. */
import { fromBase64 } from "../base64.ts"
import { gzippedScript } from "./page-script.generated.ts"
import { scriptInventory } from "./script-inventory.generated.ts"

const [entry] = scriptInventory

/** Names its content, so that browsers may keep it for ever. */
export const scriptName: string = entry.path

/** Subresource Integrity §3.5. */
export const scriptIntegrity: string = entry.integrity

/** The script as an answer to a request, compressed where the client can take that. */
export const scriptResponse = (acceptEncoding: string | null, more: Readonly<Record<string, string>>): Response => {
  const headers = {
    ...more,
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "Accept-Encoding"
  }
  if (takesGzip(acceptEncoding ?? "")) {
    return new Response(gzipped(), { headers: { ...headers, "content-encoding": "gzip" } })
  }
  return new Response(new Blob([gzipped()]).stream().pipeThrough(new DecompressionStream("gzip")), { headers })
}

/** RFC 9110 §12.5.3, as far as one coding goes. */
const takesGzip = (acceptEncoding: string): boolean =>
  acceptEncoding.split(",").some((coding) => gzipCoding.test(coding))

const gzipCoding = /^\s*gzip\s*(?:;\s*q=(?:1(?:\.0{0,3})?|0\.(?:[1-9]\d{0,2}|0[1-9]\d?|00[1-9]))\s*)?$/iu

let bytes: Uint8Array<ArrayBuffer> | undefined

/** Decoded when it is first asked for: a host that imports the package may never serve a page. */
const gzipped = (): Uint8Array<ArrayBuffer> => {
  bytes ??= fromBase64(gzippedScript)
  if (bytes === undefined) throw new Error("the bundled script is not base64")
  return bytes
}
