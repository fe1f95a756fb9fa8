/** What others may not: read or change what is a merchant's, run anything in its pages, or cost more than they may. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { routes } from "../../src/dashboard/pages/index.ts"
import { scriptTexts } from "../hosted-page/hostile-texts.ts"
import { ada, type House, openHouse, openPage, payDirectly, sell, type Visitor } from "./house.ts"

let house: House
let owner: Visitor
let stranger: Visitor
/** What Ada has, by the names that routes give to it. */
let owned: {
  readonly payment: string
  readonly reversal: string
  readonly checkout: string
  readonly settlement: string
}
let keyId = ""
/** Not the default one, which every merchant has under the same name. */
const endpointId = "b7a1c1de-0000-4000-8000-000000000001"

beforeAll(async () => {
  house = await openHouse()
  const settled = await sell(house, ada)
  const back = { amount: { amount: 1_00n, currency: "USD" as const }, reason: null }
  const refund = await house.kernel.payments.refund(ada, settled, back)
  await house.kernel.drain()
  await house.advance(25 * 3_600_000)
  const settlements = await house.kernel.settlements.list(ada, {
    where: {},
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: 1
  })
  const payment = await sell(house, ada, { autoCapture: false })
  await payDirectly(house, ada)
  owned = {
    payment,
    reversal: refund.ok ? (refund.value.view.reversal?.id ?? "") : "",
    checkout: (await openPage(house, ada, "Secret plan")).id,
    settlement: settlements.ok ? (settlements.value.items[0]?.id ?? "") : ""
  }
  expect(Object.values(owned)).not.toContain("")
  const key = await house.apiKeys.create(ada, { mode: "live", name: "Ada's key" })
  keyId = key.ok ? key.value.id : ""
  const webhooks = { id: endpointId, dialect: "api", name: null, url: "https://shop.example/secret-hooks", types: [] }
  await house.kernel.webhooks.endpoints.create(ada, webhooks)
  owner = house.visitor()
  stranger = house.visitor()
  await owner.signIn()
  await stranger.signIn("bob@shop.example")
})
afterAll(async () => {
  expect(house.defects).toEqual([])
  await house.close()
})

/** Every thing that a route may name, put where it names one. */
const pathsOf = (path: string): ReadonlyArray<string> => {
  if (!path.includes(":")) return [path]
  const ids = path.includes(":endpoint") ? [endpointId, "nothing"] : [...Object.values(owned), "nothing"]
  return ids.map((id) => path.replace(/:[a-z]+/u, id))
}

const table = routes.flatMap(({ method, path }) => [[method, path] as const])

describe("another merchant", () => {
  it.each(table)("gets nothing of %s %s", async (method, path) => {
    for (const asked of pathsOf(path)) {
      await stranger.get("/settings/branding")
      const seen =
        method === "GET"
          ? await stranger.get(`${asked}?step=confirm&amount=1.00&id=${encodeURIComponent(keyId)}&done=x`)
          : await stranger.post(asked, { amount: "1.00", id: keyId, url: "https://bob.example/", name: "" })
      const isOwnPage = !path.includes(":") && !/revoke$/u.test(path)
      if (!isOwnPage) expect([asked, seen.status]).toEqual([asked, 404])
      for (const secret of ["Secret plan", "grace@example.com", "Ada", "secret-hooks", ...Object.values(owned)]) {
        // A page may say what it was asked for, as far as that was asked by name.
        if (!asked.includes(secret)) expect(seen.text).not.toContain(secret)
      }
    }
  })

  it("has changed nothing", async () => {
    const found = await house.kernel.payments.get(ada, owned.payment)
    expect(found.ok && [found.value.payment.status, found.value.payment.reversals]).toEqual(["authorized", []])
    const checkout = await house.kernel.checkouts.get(ada, owned.checkout)
    expect(checkout.ok && checkout.value.checkout.status).toBe("open")
    expect((await house.apiKeys.list(ada)).map(({ revokedAtMs }) => revokedAtMs)).toEqual([null])
    const endpoint = await house.kernel.webhooks.endpoints.get(ada, endpointId)
    expect(endpoint.ok && endpoint.value).toMatchObject({ status: "enabled", url: "https://shop.example/secret-hooks" })
  })

  it("finds nothing by the names and addresses of others", async () => {
    for (const q of [...Object.values(owned), "grace@example.com"]) {
      expect((await stranger.get(`/payments?q=${q}`)).text).toContain("No payment matches.")
    }
    for (const list of ["/payments", "/checkouts", "/settlements", "/deliveries"]) {
      const seen = await stranger.get(`${list}?after=${owned.payment}&before=${owned.checkout}`)
      expect([seen.status, seen.text.includes('class="row"')]).toEqual([200, false])
    }
  })
})

describe("whoever is not signed in", () => {
  it.each(table)("is led from %s %s to the way in", async (method, path) => {
    const visitor = house.visitor()
    const asked = pathsOf(path)[0] ?? ""
    const seen = method === "GET" ? await visitor.get(asked) : await visitor.post(asked, { amount: "1.00" })
    expect([seen.status, seen.text]).toEqual([303, ""])
    expect(seen.to).toMatch(/^\/dashboard\/sign-in/u)
  })
})

describe("a page", () => {
  it("forbids all scripts, foreign pictures, frames, caches and framing", async () => {
    for (const path of ["/", "/payments", "/settings/branding", "/nothing", "/sign-in"]) {
      const { headers, text } = await owner.get(path)
      const policy = headers.get("content-security-policy") ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self'")
      expect(policy).toContain("base-uri 'none'")
      expect(policy).not.toMatch(/script-src|unsafe|https:/u)
      expect(headers.get("cache-control")).toBe("no-store")
      expect(headers.get("x-frame-options")).toBe("DENY")
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("referrer-policy")).toBe("same-origin")
      expect(headers.get("strict-transport-security")).toContain("max-age=")
      expect(text).not.toMatch(/<script|\son[a-z]+=|\sstyle="/u)
    }
    const [one, other] = [await owner.get("/settings/branding"), await owner.get("/settings/branding")]
    const nonceOf = ({ headers }: typeof one) =>
      /'nonce-([^']+)'/u.exec(headers.get("content-security-policy") ?? "")?.[1]
    expect(nonceOf(one)).not.toBe(nonceOf(other))
    expect(one.text).toContain(`<style nonce="${nonceOf(one)}">`)
  })

  it("finds its style sheet, which is kept for as long as it stays the same", async () => {
    const href = /rel="stylesheet" href="\/dashboard([^"]+)"/u.exec((await owner.get("/")).text)?.[1] ?? ""
    const sheet = await house.visitor().get(href)
    expect([sheet.status, sheet.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"])
    expect(sheet.headers.get("cache-control")).toContain("immutable")
    expect(sheet.text).toContain("prefers-color-scheme: dark")
  })

  it("is not opened by other methods, nor from names that are none", async () => {
    const posted = await owner.send("/balances", new FormData())
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"])
    expect((await owner.get("/sign-out")).headers.get("allow")).toBe("POST")
    expect((await owner.get("/payments/%00")).status).toBe(404)
    expect((await owner.get(`/payments/${"x".repeat(129)}`)).status).toBe(404)
    expect((await owner.get("/payments/..%2f..%2fv1")).status).toBe(404)
    expect((await owner.get("/payments/%ff")).status).toBe(404)
    expect((await owner.get("/%3Cscript%3E")).status).toBe(404)
    const head = await house.serve(new Request("https://pay.example/dashboard/sign-in", { method: "HEAD" }))
    expect([head.status, await head.text()]).toEqual([200, ""])
  })
})

describe("texts of others", () => {
  it.each(scriptTexts)("are texts: %j", async (text) => {
    const shown = text.replaceAll("\0", "")
    const id = await sell(house, ada, { description: shown, email: `${shown.slice(0, 60)}@example.com` })
    await house.apiKeys.create(ada, { mode: "test", name: shown.replace(/\p{Cc}|\p{Zl}|\p{Zp}/gu, "").slice(0, 80) })
    const hostile = encodeURIComponent(text)
    const pages = [
      `/payments/${id}`,
      "/payments",
      `/payments?q=${hostile}&status=${hostile}&from=${hostile}`,
      `/payments/${id}?done=${hostile}`,
      `/?currency=${hostile}&days=${hostile}`,
      "/settings/api-keys",
      `/sign-in?to=${hostile}`
    ]
    for (const path of pages) expect(faultsOf((await owner.get(path)).text), path).toEqual([])
    await owner.get("/sign-in")
    expect(faultsOf((await owner.post("/sign-in", { email: text, password: text })).text)).toEqual([])
  })

  it.each(scriptTexts)(
    "are texts, also in what a payer leaves, an endpoint is called and its server answers: %j",
    async (text) => {
      const { kernel, receiver } = house
      receiver.body = text
      const said = text.replaceAll("\0", "")
      const short = said.slice(0, 80)
      const { endpoints, deliveries } = kernel.webhooks
      await endpoints.change(ada, endpointId, {
        name: short,
        url: `https://shop.example/secret-hooks?${said.slice(0, 900)}`
      })
      await endpoints.test(ada, endpointId)
      const address = { line1: short, city: short, state: short, postalCode: short, country: "US" }
      const opened = await kernel.checkouts.open(ada, {
        amount: { amount: 49_00n, currency: "USD" },
        description: short,
        customer: { name: short, email: `${short}@x.example`, phone: short, address },
        metadata: JSON.stringify({ [short]: said }),
        webhookUrl: `https://shop.example/${encodeURIComponent(short)}`,
        returnUrl: null,
        expiresAtMs: null
      })
      await kernel.drain()
      const first = { where: { endpointId }, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 1 } as const
      const listed = await deliveries.list(ada, first)
      const delivery = listed.ok ? listed.value.items[0]?.id : ""
      const checkout = opened.ok ? opened.value.view.checkout.id : ""
      const log = await owner.get(`/deliveries/${delivery}`)
      expect([log.status, log.text.includes("x-said")]).toEqual([200, true])
      const pages = [`/checkouts/${checkout}`, "/checkouts", "/settings/webhooks", `/settings/webhooks/${endpointId}`]
      for (const path of [...pages, `/settings/webhooks/${endpointId}/remove`]) {
        const seen = await owner.get(path)
        expect([path, seen.status, faultsOf(seen.text)]).toEqual([path, 200, []])
      }
      expect(faultsOf(log.text)).toEqual([])
    }
  )

  it("would be noticed if they were more", () => {
    expect(faultsOf('<p name="a">b &lt;script&gt; onerror=x</p>')).toEqual([])
    expect(faultsOf("<p><script>x</script></p>")).toEqual(["script", "script"])
    expect(faultsOf('<p onclick="x">')).toEqual(["onclick"])
    expect(faultsOf('<a href="javascript:x">')).toEqual(["javascript:x"])
    expect(faultsOf('<p name="a"b>c"</p>')).not.toEqual([])
    expect(faultsOf("a < b")).not.toEqual([])
  })
})

const ownTags = new Set(
  `a aside b bdi body button caption code dd details div dl dt fieldset footer form g h1 h2 h3 head header html img
  input label legend li line link main meta nav ol option p polyline pre rect section select small span style summary
  svg table tbody td textarea th thead time title tr ul`.split(/\s+/u)
)
const ownAttributes = new Set(
  `accept action aria-current aria-describedby aria-hidden aria-label autocomplete autofocus charset checked class
  content data-label datetime enctype height href id inputmode lang maxlength method name placeholder points
  preserveAspectRatio readonly rel required role scope selected spellcheck src
  tabindex type value viewBox width x x1 x2 y y1 y2`.split(/\s+/u)
)

/** Whatever in a page is no tag of ours with attributes of ours, by the grammar that our templates keep to. */
const faultsOf = (page: string): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const rest = page
    .replace("<!doctype html>", "")
    .replaceAll(/<(\/?)([A-Za-z0-9]+)((?:\s+[A-Za-z0-9-]+(?:="[^"]*")?)*)\s*>/gu, (_, end, tag, attributes) => {
      if (!ownTags.has(tag)) faults.push(tag)
      for (const [, name = "", value = ""] of attributes.matchAll(/([A-Za-z0-9-]+)(?:="([^"]*)")?/gu)) {
        if (!ownAttributes.has(name) || end !== "") faults.push(name)
        const leads = name === "href" || name === "action" || name === "src"
        if (leads && !/^(?:\/dashboard|#main$|data:(?:,$|image\/))/u.test(value)) faults.push(value)
      }
      return ""
    })
  const stray = /.{0,20}[<>].{0,20}/u.exec(rest)?.[0]
  return stray === undefined ? faults : [...faults, stray]
}

describe("a form", () => {
  it("is read up to a bound, whatever is said of its length", async () => {
    const sent = async (headers: Record<string, string>, body: BodyInit) => {
      const request = new Request("https://pay.example/dashboard/sign-in", {
        method: "POST",
        headers: { "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded", ...headers },
        body
      })
      return (await house.serve(request)).status
    }
    expect(await sent({}, `email=${"x".repeat(20_000)}`)).toBe(413)
    expect(await sent({ "content-length": "99999999" }, "email=x")).toBe(413)
    expect(await sent({ "content-type": "application/json" }, "{}")).toBe(415)
    expect(await sent({ "content-type": "multipart/form-data" }, "x")).toBe(415)
    expect(await sent({ "content-type": "multipart/form-data; boundary=x" }, "no parts")).toBe(415)
    expect(await sent({}, "email=a&email=b&password=")).toBe(403)
    expect(await sent({}, `${"a=b&".repeat(3000)}email=x`)).toBe(403)
  })

  it("is not read at all when it comes from elsewhere", async () => {
    let wasRead = false
    const body = new ReadableStream(
      {
        pull: (controller) => {
          wasRead = true
          controller.close()
        }
      },
      { highWaterMark: 0 }
    )
    const init = { method: "POST", body, duplex: "half", headers: { "sec-fetch-site": "cross-site" } }
    const response = await house.serve(new Request("https://pay.example/dashboard/sign-in", init))
    expect([response.status, wasRead]).toEqual([403, false])
  })
})

describe("a store that is away", () => {
  it("is told of as such, and a defect tells nothing", async () => {
    const away = { ok: false, error: { _tag: "Unavailable", retryAfterMs: 3000 } }
    const own = await openHouse()
    const visitor = own.visitor()
    await visitor.signIn()
    const { list } = own.kernel.payments
    Object.assign(own.kernel.payments, { list: async () => away })
    const seen = await visitor.get("/payments")
    expect([seen.status, seen.headers.get("retry-after")]).toEqual([503, "3"])
    Object.assign(own.kernel.payments, { list: async () => Promise.reject(new Error("secret detail")) })
    const broken = await visitor.get("/payments")
    expect([broken.status, broken.text.includes("secret detail")]).toEqual([500, false])
    const thrown = { secret: "secret detail" }
    Object.assign(own.kernel.payments, { list: async () => Promise.reject(thrown) })
    expect((await visitor.get("/payments")).status).toBe(500)
    expect(own.defects).toEqual([expect.any(Error), thrown])
    Object.assign(own.kernel.payments, { list })
    await own.close()
  })
})
