import { Hono } from "hono"
import { receive } from "./receive.ts"

export const app = new Hono()

app.all("/webhooks", (context) => receive(context.req.raw))
