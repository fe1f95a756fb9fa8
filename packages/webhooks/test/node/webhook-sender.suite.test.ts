/** The sender for Node, held to the promises of its port by receivers over real sockets. */
import type { Socket } from "node:net"
import { describeWebhookSender, type ReceiverScript } from "@paykernel/core/testing"
import { nodeWebhookSender } from "@paykernel/webhooks/node"
import { onTestFinished } from "vitest"
import { answering, receiverThat } from "./scripted-receiver.ts"

const play =
  (script: ReceiverScript) =>
  (socket: Socket): void => {
    switch (script.does) {
      case "answer":
        answering(
          `${script.status} Said`,
          script.headers?.map((pair) => pair.join(": ")),
          script.body
        )(socket)
        return
      case "drip":
        socket.write("HTTP/1.1 200 OK\r\nx-slow: ")
        repeat(socket, 20, () => socket.write("x"))
        return
      case "flood":
        socket.write("HTTP/1.1 200 OK\r\n\r\n")
        repeat(socket, 1, () => socket.write("x".repeat(65_536)))
        return
      case "reset":
        socket.resetAndDestroy()
    }
  }

const repeat = (socket: Socket, everyMs: number, act: () => void): void => {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : act()), everyMs)
  onTestFinished(() => clearInterval(timer))
}

describeWebhookSender("the sender for Node", () => {
  const allowHosts: Array<string> = []
  const senderNow = () => nodeWebhookSender({ allowHosts })
  return {
    // Rules are read when a sender is made, and the ports are known later.
    sender: { vet: (url) => senderNow().vet(url), post: (post) => senderNow().post(post) },
    open: async (script) => {
      const { port, sockets, bytes } = await receiverThat(play(script))
      allowHosts.push(`127.0.0.1:${port}`)
      return {
        url: `http://127.0.0.1:${port}/hooks`,
        received: () => Buffer.from(bytes(), "latin1").toString("utf8"),
        requestsCount: () => sockets.length,
        openCount: () => sockets.filter(({ destroyed }) => !destroyed).length
      }
    }
  }
})
