import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { turnstile } from "../turnstile.ts"
import { fileBytesMax, takeUpload, uploadTurnstile } from "./upload.ts"

const address = "https://pay.example/v1/cpn/payments/1/rfis/2/files"
const metadata = { fileName: "invoice.pdf", fileType: "application/pdf", fileKey: "INVOICE" }
const encryption = { encryptedAesKey: "a.b.c.d.e", iv: "AAAAAAAAAAAAAAAA" }
const content = Uint8Array.from({ length: 300 }, (_, at) => at % 256)

type Parts = { readonly [name: string]: string | Blob }

const formOf = (parts: Parts): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) form.append(name, value)
  return form
}

const whole: Parts = {
  fileMetadata: JSON.stringify(metadata),
  encryption: JSON.stringify(encryption),
  encryptedFile: new Blob([content])
}

const read = (request: Request, uploads = uploadTurnstile()) =>
  Effect.runPromise(Effect.result(takeUpload(uploads, request)))

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  read(new Request(address, { method: "POST", body, headers }))

const codeOf = async (reading: ReturnType<typeof read>): Promise<readonly [number, number] | "taken"> => {
  const got = await reading
  return Result.isFailure(got) ? [got.failure.status, got.failure.code] : "taken"
}

describe("a file that is sent as a form", () => {
  it("is its two descriptions and its bytes", async () => {
    expect(await post(formOf(whole))).toEqual(
      Result.succeed({ fileMetadata: metadata, encryption, encryptedFile: content })
    )
  })

  it("may describe itself in parts that are files, as some clients do, and have parts that nobody knows", async () => {
    const json = (value: unknown) => new Blob([JSON.stringify(value)], { type: "application/json" })
    const form = formOf({ ...whole, fileMetadata: json(metadata), encryption: json(encryption), other: "x" })
    expect(await codeOf(post(form))).toBe("taken")
  })

  const sixteen = new Blob([new Uint8Array(16)])
  it.each<readonly [string, Parts, readonly [number, number]]>([
    ["no parts", {}, [400, 2]],
    ["no file", { ...whole, encryptedFile: "text" }, [400, 2]],
    ["no JSON", { ...whole, fileMetadata: "{" }, [400, 2]],
    ["a list", { ...whole, encryption: "[]" }, [400, 2]],
    ["a prototype", { ...whole, encryption: '{"__proto__":{}}' }, [400, 2]],
    ["a description that is far too long", { ...whole, fileMetadata: `"${"x".repeat(70_000)}"` }, [400, 2]],
    ["bytes that are no text", { ...whole, fileMetadata: sixteen }, [400, 2]],
    [
      "a file that is too large",
      { ...whole, encryptedFile: new Blob([new Uint8Array(fileBytesMax + 1)]) },
      [400, 290404]
    ]
  ])("given %s, is refused", async (_, parts, expected) => {
    expect(await codeOf(post(formOf(parts)))).toEqual(expected)
  })

  it("is refused where a part comes twice, since it could be read either way", async () => {
    const form = formOf(whole)
    form.append("encryptedFile", new Blob([content]))
    expect(await codeOf(post(form))).toEqual([400, 2])
  })

  it("as large as it may be is taken", async () => {
    const largest = { ...whole, encryptedFile: new Blob([new Uint8Array(fileBytesMax)]) }
    expect(await codeOf(post(formOf(largest)))).toBe("taken")
  })

  it.each([
    ["application/json", [415, 415]],
    ["multipart/form-data", [415, 415]],
    ["multipart/mixed; boundary=x", [415, 415]],
    ["multipart/form-data; boundary=other", [400, 2]],
    ["multipart/form-data; boundary=", [400, 2]]
  ] as const)("is none with the type %s", async (type, expected) => {
    expect(await codeOf(post("--x\r\n\r\n--x--", { "content-type": type }))).toEqual(expected)
  })

  it("is given up as soon as too much of it has come, whatever length was declared", async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1024 * 1024
        controller.enqueue(new Uint8Array(1024 * 1024))
      }
    })
    const init = {
      method: "POST",
      body,
      headers: { "content-type": "multipart/form-data; boundary=x" },
      duplex: "half"
    }
    expect(await codeOf(read(new Request(address, init)))).toEqual([400, 290404])
    expect(sent).toBeLessThan(fileBytesMax + 4 * 1024 * 1024)
  })

  it("is not even begun where its declared length is too much", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=x", "content-length": String(fileBytesMax * 2) }
    const body = new ReadableStream({
      pull: () => {
        throw new Error("it was read")
      }
    })
    expect(await codeOf(read(new Request(address, { method: "POST", body, headers, ...{ duplex: "half" } })))).toEqual([
      400, 290404
    ])
  })

  it("waits for its turn, and is turned away where too many wait", async () => {
    const uploads = turnstile({ running: 1, waiting: 0 })
    let release = (): void => {}
    const occupied = uploads(
      () =>
        new Promise<void>((resolve) => {
          release = resolve
        })
    )
    const request = () => new Request(address, { method: "POST", body: formOf(whole) })
    expect(await codeOf(read(request(), uploads))).toEqual([503, -1])
    release()
    await occupied
    expect(await codeOf(read(request(), uploads))).toBe("taken")
  })

  it("that breaks off is refused, and nothing rejects", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) })
    const init = {
      method: "POST",
      body,
      headers: { "content-type": "multipart/form-data; boundary=x" },
      duplex: "half"
    }
    const exit = await Effect.runPromiseExit(takeUpload(uploadTurnstile(), new Request(address, init)))
    expect(Exit.isFailure(exit)).toBe(true)
    expect(await codeOf(read(new Request(address, { ...init, body: "--x" })))).toEqual([400, 2])
  })
})
