import { open, receiver, verifyingKey } from "@paykernel/webhooks"
import { save } from "./inbox.ts"

const keys = [await verifyingKey(process.env["WEBHOOK_SECRET"] ?? "")]

export const receive = receiver({
  open: (received, nowMs) => open(received, { keys, nowMs }),
  onMessage: ({ id, payload }) => save(id, payload),
  now: Date.now
})
