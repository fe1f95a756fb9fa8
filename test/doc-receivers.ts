/** A sender of webhooks and receivers over real sockets, for the example of its suite. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { WebhookPost } from "@paykernel/core"
import type { ReceiverScript } from "@paykernel/core/testing"
import { nodeWebhookSender } from "@paykernel/webhooks/node"
import { onTestFinished } from "vitest"
import type { Scope } from "./example-code.ts"

export const receiversRoom = (): Scope => {
  const allowHosts: Array<string> = []
  const sender = () => nodeWebhookSender({ allowHosts })
  return {
    mySender: { vet: (url: string) => sender().vet(url), post: (post: WebhookPost) => sender().post(post) },
    myReceiver: async (script: ReceiverScript) => {
      if (script.does !== "answer") return undefined
      const { status, headers = [], body } = script
      let requests = 0
      const server = createServer((_, response) => {
        requests++
        response.writeHead(status, Object.fromEntries(headers)).end(body)
      })
      onTestFinished(() => void server.close())
      await once(server.listen(0, "127.0.0.1"), "listening")
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      allowHosts.push(host)
      return { url: `http://${host}/`, requestsCount: () => requests }
    }
  }
}
