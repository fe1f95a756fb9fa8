import { beforeAll, describe, expect, it } from "vitest"
import { hostedPages, scriptInventory, verifyPage } from "../../src/hosted/index.ts"
import { hostileTexts } from "./hostile-texts.ts"
import { dataIn, fromOwnPage, nowMs, origin, type PageClient, pageClient } from "./page-client.ts"
import { pageKey } from "./payment-site.ts"
import { cards, declinedCards } from "./test-desk.ts"

let client: PageClient
beforeAll(async () => {
  client = await pageClient()
})

describe("the page of a session", () => {
  it("shows what is paid for, in the customer's language and numbers", async () => {
    const { id } = client.open({ amount: { amount: 123456n, currency: "EUR" } })
    const response = await client.get(id, { "accept-language": "de-AT" })
    expect([response.status, response.headers.get("content-language")]).toEqual([200, "de"])
    const page = (await response.text()).replace(/\u00A0/gu, " ")
    for (const text of ['<html lang="de">', "€ 1.234,56 zahlen", "Blue Door Coffee", "Two bags", "ada@example.com"]) {
      expect(page).toContain(text)
    }
  })

  it("without JavaScript says why it needs it", async () => {
    const page = await (await client.get(client.open().id)).text()
    expect(/<noscript>(.*?)<\/noscript>/gu.exec(page.slice(page.indexOf("<body>")))?.[1]).toContain("needs JavaScript")
  })

  const closed = [
    ["expired", 410, "This payment link has expired"],
    ["cancelled", 410, "This payment was cancelled"],
    ["failed", 200, "The payment failed"],
    ["completed", 200, "Payment complete"],
    ["processing", 200, "Paying…"],
    ["action_required", 200, "Your bank asks you to confirm"]
  ] as const
  for (const [status, http, title] of closed) {
    it(`given it is ${status}, then is clear about it and has no form`, async () => {
      const receipt = { transactionId: "txn_1", paidAtMs: nowMs - 3_600_000, last4: "4242", network: "VISA" }
      const challengeUrl = "https://bank.example/challenge"
      const { id } = client.open({ status, receipt, challengeUrl })
      const response = await client.get(id)
      const page = await response.text()
      expect(response.status).toBe(http)
      expect(page).toContain(`${title}</h1>`)
      expect(page).not.toMatch(/<input|<form/u)
    })
  }

  it("given its time has come, then is expired whatever the desk says", async () => {
    const { id } = client.open({ expiresAtMs: nowMs })
    expect((await client.get(id)).status).toBe(410)
  })

  it("given there is none, then says so, and the same for what is no session at all", async () => {
    for (const path of [
      "/pay/sess_none",
      "/pay/",
      "/pay",
      "/",
      "/pay/a/b",
      "/pay/%00",
      "/pay/..%2f",
      "/paypal/sess_1"
    ]) {
      const response = await client.fetch(path)
      expect(response.status, path).toBe(404)
      expect(await response.text()).toContain("There is no such payment")
    }
  })

  it("after a decline says what it was", async () => {
    const { id } = client.open({ decline: "insufficient_funds" })
    expect(await (await client.get(id)).text()).toContain("There is not enough money on this card")
  })

  it("sends the payer back to the merchant with the session and its status", async () => {
    const receipt = { transactionId: "txn_1", paidAtMs: nowMs, last4: "4242", network: "VISA" }
    const { id } = client.open({
      status: "completed",
      receipt,
      returnUrl: "https://shop.example/done?order=7&status=x#a"
    })
    const page = await (await client.get(id)).text()
    expect(page).toContain(`https://shop.example/done?order=7&#38;status=completed&#38;session_id=${id}#a`)
    expect(page).toContain('data-seconds="10"')
  })

  it.each(["expired", "cancelled", "failed"] as const)("sends him back where it is %s, too", async (status) => {
    const { id } = client.open({ status, returnUrl: "https://shop.example/done" })
    const page = await (await client.get(id)).text()
    expect(page).toContain(`href="https://shop.example/done?session_id=${id}&#38;status=${status}"`)
    expect(page).toContain("Return to Blue Door Coffee")
    const late = client.open({ expiresAtMs: nowMs, returnUrl: "https://shop.example/done" })
    expect(await (await client.get(late.id)).text()).toContain("status=expired")
    const nowhere = client.open({ status })
    expect(await (await client.get(nowhere.id)).text()).not.toContain("<a ")
  })

  it("never leads anywhere but to https", async () => {
    const receipt = { transactionId: "txn_1", paidAtMs: nowMs, last4: "4242", network: "VISA" }
    const hostile = [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "http://shop.example",
      "x",
      "ftp://a/"
    ]
    for (const url of [
      ...hostile,
      "https://user:secret@shop.example",
      "vbscript:x",
      " javascript:alert(1)",
      "blob:x"
    ]) {
      for (const status of ["completed", "failed"] as const) {
        const { id } = client.open({ status, receipt, returnUrl: url })
        expect(await (await client.get(id)).text(), url).not.toContain("<a ")
      }
      const challenged = client.open({ status: "action_required", challengeUrl: url })
      expect((await client.get(challenged.id)).status, url).toBe(500)
    }
  })

  it("shows a logo only if that asks nobody else", async () => {
    const dot = "data:image/png;base64,iVBORw0KGgo="
    const shown = async (logoUrl: string): Promise<string | undefined> => {
      const { id } = client.open({ merchant: { name: "A", colour: null, logoUrl } })
      return /<img [^>]*src="([^"]*)"/u.exec(await (await client.get(id)).text())?.[1]
    }
    expect(await shown(dot)).toBe(dot)
    expect(await shown("/logos/7.png?v=2")).toBe("/logos/7.png?v=2")
    const foreign = [
      "https://evil.example/x.png",
      "//evil.example/x.png",
      "/\\evil.example/x",
      "data:text/html;base64,AA=="
    ]
    for (const url of [
      ...foreign,
      "javascript:alert(1)",
      `${dot}" onerror="x`,
      `data:image/png;base64,${"A".repeat(70_000)}`
    ]) {
      expect(await shown(url), url.slice(0, 40)).toBeUndefined()
    }
  })

  it("is told to browsers with a strict policy, new with every rendering", async () => {
    const { id } = client.open()
    const [one, other] = [await client.get(id), await client.get(id)]
    const policy = one.headers.get("content-security-policy") ?? ""
    const nonce = /'nonce-([\w-]{22})'/u.exec(policy)?.[1] ?? "none"
    expect(policy).toBe(
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self' data:; ` +
        "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /pay/csp-report; report-to csp"
    )
    expect(other.headers.get("content-security-policy")).not.toContain(nonce)
    const headers = Object.fromEntries(one.headers)
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "strict-transport-security": "max-age=63072000"
    })
    expect(headers["permissions-policy"]).toContain("payment=()")
  })
})

describe("a payment", () => {
  it("reaches the desk with everything but the card in clear", async () => {
    const { id } = client.open()
    const response = await client.post(id, await client.bodyFor(id), { ...fromOwnPage, "x-real-ip": "192.0.2.7" })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: "completed", decline: null, challengeUrl: null, attempt: null })
    expect(client.charges.at(-1)).toEqual({ sessionId: id, last4: "4242", email: "ada@example.com" })
    expect(client.payments.at(-1)).toMatchObject({
      expMonth: 4,
      expYear: 2030,
      name: "Ada Byron",
      ipAddress: "192.0.2.7"
    })
    expect(JSON.stringify(client.payments.at(-1))).not.toContain("4242")
  })

  for (const [number, code] of declinedCards) {
    it(`given the bank answers ${code}, then says so and hands out a new attempt`, async () => {
      const { id } = client.open()
      const body = await client.bodyFor(id, number)
      const answer = await (await client.post(id, body)).json()
      expect(answer).toMatchObject({ status: "pending", decline: code, challengeUrl: null })
      expect(answer.attempt.id).not.toBe(body.attempt.id)
      const again = { ...(await client.bodyFor(id)), attempt: answer.attempt }
      expect(await (await client.post(id, again)).json()).toMatchObject({ status: "completed" })
    })
  }

  it("sent many times at once, and again later, charges once", async () => {
    const { id } = client.open()
    const body = await client.bodyFor(id)
    const before = client.charges.length
    const responses = await Promise.all(Array.from({ length: 20 }, () => client.post(id, body)))
    const answers = await Promise.all([...responses, await client.post(id, body)].map((response) => response.text()))
    expect(new Set(answers).size).toBe(1)
    expect(client.charges.length).toBe(before + 1)
  })

  it("from another page than ours is refused, and the desk never hears of it", async () => {
    const { id } = client.open()
    const body = await client.bodyFor(id)
    const before = client.payments.length
    const elsewhere: ReadonlyArray<Record<string, string>> = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${origin}.evil.example` },
      { origin: "http://pay.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin, "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example", "sec-fetch-site": "same-origin" }
    ]
    for (const headers of elsewhere) {
      const response = await client.post(id, body, headers)
      expect([response.status, await response.json()], JSON.stringify(headers)).toEqual([403, { error: "forbidden" }])
    }
    expect(client.payments.length).toBe(before)
  })

  it("with an attempt that no page of this session handed out is refused", async () => {
    const [one, other] = [client.open(), client.open()]
    const body = await client.bodyFor(one.id)
    const before = client.payments.length
    const { id, seal } = body.attempt
    const forged = [
      [other.id, body.attempt],
      [one.id, { id: id.replace(/^./u, (digit) => (digit === "0" ? "1" : "0")), seal }],
      [one.id, { id, seal: "" }],
      [one.id, { id, seal: `${seal}A` }],
      [one.id, { id: crypto.randomUUID(), seal: "A".repeat(43) }]
    ] as const
    for (const [sessionId, attempt] of forged) {
      const response = await client.post(sessionId, { ...body, attempt })
      expect([response.status, await response.json()]).toEqual([409, { error: "outdated" }])
    }
    expect(client.payments.length).toBe(before)
  })

  it("that is not what a page would send is refused, and not told why", async () => {
    const { id } = client.open()
    const body = await client.bodyFor(id)
    const before = client.payments.length
    const strange: ReadonlyArray<unknown> = [
      "",
      "{",
      "[]",
      "null",
      { ...body, attempt: "x" },
      { ...body, attempt: { id: "1", seal: "2" } },
      { ...body, keyId: 1 },
      { ...body, keyId: "x".repeat(101) },
      { ...body, encryptedData: "<script>" },
      { ...body, encryptedData: "A".repeat(9000) },
      { ...body, expMonth: 13 },
      { ...body, expMonth: "4" },
      { ...body, expYear: 30 },
      { ...body, name: " " },
      { ...body, name: "x".repeat(101) },
      { ...body, name: "a\u0000b" },
      { ...body, email: "ada@example" },
      { ...body, email: "a\n@example.com" },
      { ...body, email: undefined },
      JSON.stringify(body).replace("{", '{"__proto__":{"x":1},')
    ]
    for (const body of strange) {
      const response = await client.post(id, body)
      expect([response.status, await response.json()], JSON.stringify(body)).toEqual([
        400,
        { error: "invalid_request" }
      ])
    }
    const large = await client.post(id, JSON.stringify({ ...body, name: "x".repeat(20_000) }))
    expect(large.status).toBe(413)
    const form = await client.post(id, "number=4242", {
      ...fromOwnPage,
      "content-type": "application/x-www-form-urlencoded"
    })
    expect(form.status).toBe(415)
    expect(client.payments.length).toBe(before)
  })

  it("encrypted to a key that is gone, or not at all, asks for nothing but a new page", async () => {
    const { id } = client.open()
    const body = await client.bodyFor(id)
    const gone = await client.post(id, { ...body, keyId: "old" })
    expect([gone.status, await gone.json()]).toEqual([409, { error: "outdated" }])
    const clear = await client.post(id, { ...body, encryptedData: btoa('{"number":"4242424242424242","cvv":"123"}') })
    expect([clear.status, await clear.json()]).toEqual([400, { error: "card_data_unreadable" }])
  })

  it("given the desk is busy, then is told when to come again", async () => {
    const busy = { _tag: "DeskBusy", retryAfterMs: 1500 } as const
    const serve = hostedPages({
      desk: { ...client.desk, pay: async () => busy },
      publicUrl: `${origin}/pay`,
      cardKey: client.cardKey,
      pageKey: await pageKey(),
      nowMs: () => nowMs
    })
    const { id } = client.open()
    const body = JSON.stringify(await client.bodyFor(id))
    const headers = { "content-type": "application/json", ...fromOwnPage }
    const response = await serve(new Request(`${origin}/pay/${id}/payment`, { method: "POST", headers, body }))
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"])
    expect(await response.json()).toEqual({ error: "busy" })
  })

  it("of a session that is over is answered with how it stands", async () => {
    const { id } = client.open()
    const body = await client.bodyFor(id)
    const before = client.charges.length
    for (const status of ["cancelled", "expired", "failed"] as const) {
      client.change(id, { status })
      expect(await (await client.post(id, body)).json()).toMatchObject({ status, attempt: null })
    }
    expect(client.charges.length).toBe(before)
  })

  it("that needs the payer's bank leads there", async () => {
    const { id } = client.open()
    const answer = await (await client.post(id, await client.bodyFor(id, cards.challenged))).json()
    expect(answer).toMatchObject({ status: "action_required", challengeUrl: "https://bank.example/challenge" })
  })
})

describe("beside the pages", () => {
  it("tells how a session stands", async () => {
    const { id } = client.open({ status: "processing" })
    const response = await client.fetch(`/pay/${id}/progress`)
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(await response.json()).toEqual({ status: "processing", decline: null, challengeUrl: null, attempt: null })
    expect((await client.fetch("/pay/sess_none/progress")).status).toBe(404)
  })

  it("takes each method only where it belongs", async () => {
    const { id } = client.open()
    const wrong = [
      [`/pay/${id}`, "POST", "GET, HEAD"],
      [`/pay/${id}/progress`, "DELETE", "GET, HEAD"],
      [`/pay/${id}/payment`, "GET", "POST"],
      [`/pay/${scriptInventory[0].path}`, "PUT", "GET, HEAD"]
    ] as const
    for (const [path, method, allow] of wrong) {
      const response = await client.fetch(path, { method })
      expect([response.status, response.headers.get("allow")], path).toEqual([405, allow])
    }
    const head = await client.fetch(`/pay/${id}`, { method: "HEAD" })
    expect([head.status, await head.text()]).toEqual([200, ""])
  })

  it("sends the script compressed to whoever can take it, and the same to whoever cannot", async () => {
    const ask = (coding: string) =>
      client.fetch(`/pay/${scriptInventory[0].path}`, { headers: { "accept-encoding": coding } })
    for (const coding of ["gzip", "br, gzip;q=0.5", "GZIP ; q=1.0"]) {
      expect((await ask(coding)).headers.get("content-encoding"), coding).toBe("gzip")
    }
    for (const coding of ["", "br", "gzip;q=0", "gzip;q=0.000", "x-gzip"]) {
      const response = await ask(coding)
      expect(response.headers.get("content-encoding"), coding).toBeNull()
      expect((await response.arrayBuffer()).byteLength).toBe(scriptInventory[0].bytes)
    }
  })

  it("given the desk fails, then says so without a word of why, and tells the host", async () => {
    const broken = new Error("the password is hunter2")
    const defects: Array<unknown> = []
    const fail = async () => Promise.reject(broken)
    const serve = hostedPages({
      desk: { session: fail, pay: fail, progress: fail },
      publicUrl: origin,
      cardKey: client.cardKey,
      pageKey: await pageKey(),
      nowMs: () => nowMs,
      onDefect: (error) => void defects.push(error)
    })
    for (const path of ["/sess_1", "/sess_1/progress"]) {
      const response = await serve(new Request(`${origin}${path}`))
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain("hunter2")
    }
    expect(defects).toEqual([broken, broken])
  })

  it("refuses an address that is none", async () => {
    const given = { desk: client.desk, cardKey: client.cardKey, pageKey: await pageKey(), nowMs: () => nowMs }
    for (const publicUrl of [
      "",
      "pay.example",
      "ftp://pay.example",
      "https://pay.example/?x",
      "https://pay.example/#x"
    ]) {
      expect(() => hostedPages({ ...given, publicUrl }), publicUrl).toThrow(TypeError)
    }
  })
})

describe("the scripts of a page", () => {
  const ask = (url: string): Promise<Response> => client.fetch(url.slice(origin.length))
  const changed =
    (change: (page: string) => string, headers: Record<string, string> = {}) =>
    async (url: string) => {
      const response = await ask(url)
      if (!url.includes("sess_")) return response
      const page = new Response(change(await response.text()), response)
      for (const [name, value] of Object.entries(headers)) page.headers.set(name, value)
      return page
    }

  it("are those of the inventory, and there is no other", async () => {
    const { id } = client.open()
    expect(await verifyPage(`${origin}/pay/${id}`, ask)).toEqual([])
    const page = await (await client.get(id)).text()
    expect(page.match(/<script/gu)?.length).toBe(scriptInventory.length)
    expect(dataIn(page).attempt).not.toBeNull()
  })

  it("given somebody changed the page on its way, then the operator is told", async () => {
    const { id } = client.open()
    const pageUrl = `${origin}/pay/${id}`
    const own = scriptInventory[0].path
    const attacks: ReadonlyArray<readonly [told: string, serve: (url: string) => Promise<Response>]> = [
      [
        "script",
        changed((page) => page.replace("</body>", '<script src="https://evil.example/x.js"></script></body>'))
      ],
      ["script", changed((page) => page.replace("</body>", "<script>steal()</script></body>"))],
      ["script", changed((page) => page.replace(own, `x${own}`))],
      ["script", changed((page) => page.replace(/ integrity="[^"]*"/u, ""))],
      ["script", async (url) => (url.includes(own) ? new Response("steal()") : ask(url))],
      ["markup", changed((page) => page.replace("<h1", '<h1 onclick="steal()"'))],
      ["markup", changed((page) => page.replace("<h1", "<h1 onclick=steal() "))],
      ["markup", changed((page) => page.replace("<h1", "<IMG SRC=x OnError=steal()><h1"))],
      ["markup", changed((page) => page.replace("<h1", '<iframe src="/x"></iframe><h1'))],
      ["markup", changed((page) => page.replace("<h1", "<svg/onload=steal()><h1"))],
      ["markup", changed((page) => page.replace("<head>", '<head><base href="https://evil.example/">'))],
      ["markup", changed((page) => page.replace("<head>", '<head><meta http-equiv="refresh" content="0">'))],
      ["markup", changed((page) => page.replace("<h1", '<a href="javascript:steal()">x</a><h1'))],
      ["markup", changed((page) => page.replace("<form", '<form action="https://evil.example"'))],
      ["header", changed((page) => page, { "content-security-policy": "script-src *" })],
      ["header", changed((page) => page, { "x-frame-options": "SAMEORIGIN" })],
      ["answer", async () => new Response("", { status: 302 })]
    ]
    for (const [told, serve] of attacks) {
      const findings = await verifyPage(pageUrl, serve)
      expect(findings.map(({ about }) => about)).toContain(told)
    }
  })
})

describe("hostile texts", () => {
  it("in every field stay texts: the page has no other element, attribute or script than always", async () => {
    expect(hostileTexts.length).toBeGreaterThan(500)
    const script = await (await client.fetch(`/pay/${scriptInventory[0].path}`)).arrayBuffer()
    const ask = async (url: string): Promise<Response> =>
      url.includes("sess_") ? client.fetch(url.slice(origin.length)) : new Response(script)
    for (const [place, text] of hostileTexts.entries()) {
      const next = hostileTexts[(place + 1) % hostileTexts.length] ?? ""
      const { id } = client.open({
        merchant: { name: text, logoUrl: next, colour: text },
        description: text,
        customer: { name: text, email: text },
        returnUrl: text
      })
      const response = await client.get(id, { "accept-language": encodeURIComponent(text).slice(0, 200) })
      expect(response.status).toBe(200)
      expect(await verifyPage(`${origin}/pay/${id}`, ask), text).toEqual([])
      const receipt = { transactionId: text, paidAtMs: nowMs, last4: text, network: text }
      client.change(id, { status: "completed", receipt })
      expect(await verifyPage(`${origin}/pay/${id}`, ask), text).toEqual([])
    }
  })
})
