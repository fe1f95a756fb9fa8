import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readReturnUrl, readWebhookUrl } from "./web-address.ts"

const origins = [
  "https://shop.example",
  "https://shop.example:8443",
  "http://localhost:3000",
  "https://xn--mnchen-3ya.example/"
]
const rules = { origins, allowLocalhost: false }
const isKept = (text: string, allowLocalhost = false): boolean =>
  Result.isSuccess(readReturnUrl(text, { origins, allowLocalhost }))

describe("an address to send payers to", () => {
  it.each([
    ["https://shop.example", "https://shop.example/"],
    ["https://shop.example:443/paid?id=7&x=%20#top", "https://shop.example/paid?id=7&x=%20#top"],
    ["HTTPS://SHOP.EXAMPLE/A", "https://shop.example/A"],
    ["https://shop.example:8443/", "https://shop.example:8443/"],
    ["https://münchen.example/", "https://xn--mnchen-3ya.example/"],
    ["https://shop.example/../a/./b", "https://shop.example/a/b"]
  ])("of a registered origin is kept as the parser writes it: %s", (text, href) => {
    expect(readReturnUrl(text, rules)).toEqual(Result.succeed(href))
  })

  it.each([
    "https://evil.example/",
    "https://shop.example.evil.example/",
    "https://evil.example/https://shop.example/",
    "https://evil.example/?https://shop.example",
    "https://evil.example#https://shop.example",
    "https://shop.example@evil.example/",
    "https://shop.example:x@evil.example/",
    "https://user@shop.example/",
    "https://user:password@shop.example/",
    "https://:@evil.example/",
    "https://shop.example:444/",
    "https://shop.example:80/",
    "http://shop.example/",
    "https://sub.shop.example/",
    "https://shop.example./",
    "https://shop。example.evil.example/",
    "//shop.example/",
    "///shop.example/",
    "https:/shop.example",
    "https:shop.example/",
    "https:///shop.example/",
    "https:\\\\shop.example\\",
    "https://shop.example\\@evil.example/",
    "https://evil.example\\.shop.example/",
    "https://shop.example\t.evil.example/",
    "https://shop.exa\nmple/",
    " https://shop.example/",
    "https://shop.example/ ",
    "https://shop.example/\u202egnp.exe",
    "https://shop.exam\u200bple/",
    "https://shop.example/\u0000",
    "blob:https://shop.example/7",
    "filesystem:https://shop.example/7",
    "javascript:alert(1)",
    "javascript://shop.example/%0aalert(1)",
    "JavaScript:alert(1)//https://shop.example",
    "data:text/html,https://shop.example",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://shop.example/",
    "shop.example",
    "/paid",
    "?x",
    "",
    "null",
    "about:blank",
    `https://shop.example/${"x".repeat(2048)}`,
    `https://shop.example/${"é".repeat(1000)}`
  ])("is not kept: %s", (text) => {
    expect(isKept(text)).toBe(false)
    expect(isKept(text, true)).toBe(false)
  })

  it("is of this machine only where that is allowed, and registered all the same", () => {
    expect([isKept("http://localhost:3000/back"), isKept("http://localhost:3000/back", true)]).toEqual([false, true])
    for (const other of ["http://localhost:3001/", "http://127.0.0.1:3000/", "http://localhost.:3000/"]) {
      expect(isKept(other, true)).toBe(false)
    }
  })

  it("is of nobody's where nothing is registered, or nothing that is an origin", () => {
    for (const registered of [[], [""], ["null"], ["*"], ["shop.example"], ["https://"], ["javascript:x"]]) {
      const read = readReturnUrl("https://shop.example/", { origins: registered, allowLocalhost: true })
      expect(Result.isFailure(read)).toBe(true)
    }
    expect(isKept("null")).toBe(false)
  })
})

describe("an address to call", () => {
  it.each([
    ["https://shop.example/hooks?key=1#part", "https://shop.example/hooks?key=1"],
    ["https://shop.example:443/hooks", "https://shop.example/hooks"],
    ["https://shop.example:8443/hooks", "https://shop.example:8443/hooks"],
    ["https://1.1.1.1/hooks", "https://1.1.1.1/hooks"]
  ])("on the public internet is kept without its fragment: %s", (text, href) => {
    expect(readWebhookUrl(text)).toEqual(Result.succeed(href))
  })

  it.each([
    "http://shop.example/hooks",
    "https://shop.example:22/",
    "https://shop.example:6379/",
    "https://user:password@shop.example/",
    "https://localhost/",
    "https://localhost./",
    "https://a.localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://017700000001/",
    "https://①②⑦.⓪.⓪.①/",
    "https://0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c:0:fbff:80ff:fffe]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://10.0.0.7/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "https://db.internal/",
    "https://kubernetes.default.svc/",
    "gopher://shop.example/",
    "file:///etc/passwd",
    "https:/shop.example",
    "//shop.example/",
    " https://shop.example/",
    "https://shop.example\\@10.0.0.1/",
    "https://shop.example/\r\nHost: evil",
    "",
    `https://shop.example/${"x".repeat(2048)}`
  ])("is not kept: %s", (text) => {
    expect(Result.isFailure(readWebhookUrl(text))).toBe(true)
  })

  it("is refused in words that do not repeat it", () => {
    const says = Result.getOrThrow(Result.flip(readWebhookUrl("https://user:secret@10.0.0.1/")))
    expect(says).not.toMatch(/secret|10\.0/u)
  })
})
