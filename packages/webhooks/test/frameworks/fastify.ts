import { nodeRequest } from "@paykernel/webhooks/node"
import { fastify } from "fastify"
import { receive } from "./receive.ts"

export const app = fastify()

app.register(async (webhooks) => {
  // What was signed is the body as it came, so nobody may parse it.
  webhooks.removeAllContentTypeParsers()
  webhooks.addContentTypeParser("*", (_request, _payload, done) => done(null))
  webhooks.all("/webhooks", (request) => receive(nodeRequest(request.raw)))
})
