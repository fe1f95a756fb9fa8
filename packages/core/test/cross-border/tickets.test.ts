/** Support tickets, which are written about people and sealed. */
import type { TicketView } from "@paykernel/core"
import type { Vault } from "@paykernel/core/effect"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import { crossBorderWorld, errorOf, merchantId, ok, payAs } from "./cross-border-world.ts"
import { rowsOf } from "./kept-records.ts"

describe("a support ticket", () => {
  const ticket = {
    issueType: "payment_settlement_delay",
    email: "desk@institution.example",
    ccEmails: ["boss@institution.example"],
    description: "Ada Example waits for her money",
    originalTicketId: null
  } as const

  it("is opened once, and what is written in it is sealed", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    const input = { ...ticket, paymentId: payment.id }
    const { tickets } = world.kernel.crossBorder
    const asked = requestOf<{ readonly ticket: { readonly id: string } }>("key-1", (view) => view.ticket.id)
    const opened = ok(await tickets.create(merchantId, input, asked))
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "test", key: "key-1" }))
    expect(record?.aggregate).toEqual({ merchantId, type: "ticket", id: opened.view.ticket.id })
    const again = ok(await tickets.create(merchantId, input, asked))
    expect(again).toEqual({ ...opened, replayed: true })
    expect(again.view).toMatchObject({ email: ticket.email, description: ticket.description })
    const kept = await rowsOf(world)
    for (const text of [ticket.email, "boss@", "Ada"]) expect(kept).not.toContain(text)
    const more = { ...input, issueType: "existing_ticket", originalTicketId: opened.view.ticket.id } as const
    const added = ok(await tickets.create(merchantId, more)).view.ticket
    expect(added).toMatchObject({ caseRefId: opened.view.ticket.caseRefId, originalTicketId: opened.view.ticket.id })
    expect(errorOf(await tickets.create(merchantId, { ...more, originalTicketId: null }))).toBe(
      "OriginalTicketRequired"
    )
    expect(errorOf(await tickets.create(merchantId, { ...more, originalTicketId: "none" }))).toBe(
      "OriginalTicketNotFound"
    )
    expect(errorOf(await tickets.create(merchantId, { ...input, paymentId: "none" }))).toBe("PaymentNotFound")
    expect(errorOf(await tickets.create("nobody", input))).toBe("MerchantNotFound")
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a ticket that is opened as something else", () => {
  it("is shown to nobody", async () => {
    const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
    const said = { email: "desk@institution.example", ccEmails: [], description: "Ada waits" }
    let instead: unknown = said
    const vault: Vault["Service"] = {
      ...own,
      open: (text, place) =>
        place.field === "ticket" ? Effect.sync(() => Redacted.make(JSON.stringify(instead))) : own.open(text, place)
    }
    const world = await crossBorderWorld({ kernel: { vault } })
    const { payment } = await payAs(world, "Ada Example")
    const input = { ...said, issueType: "other", paymentId: payment.id, originalTicketId: null } as const
    const request = requestOf<TicketView>("key-1", (view) => view.ticket.id)
    const open = () => world.kernel.crossBorder.tickets.create(merchantId, input, request)
    ok(await open())
    expect(ok(await open()).view).toMatchObject(said)
    for (const other of [
      ...[null, "text", 7, [], {}, { ...said, email: 7 }, { ...said, ccEmails: "x" }, { ...said, description: null }],
      ...["email", "ccEmails", "description"].map((name) => ({ ...said, [name]: undefined }))
    ]) {
      instead = other
      await expect(open()).rejects.toThrow("a sealed ticket is not one")
    }
  })
})
