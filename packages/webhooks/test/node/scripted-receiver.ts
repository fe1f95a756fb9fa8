/** Receivers that do what is written down for them, byte for byte, and keep what they were sent. */
import { createServer, type Server, type Socket } from "node:net"
import { onTestFinished } from "vitest"

export type ScriptedReceiver = {
  readonly port: number
  /** All connections ever made. */
  readonly sockets: ReadonlyArray<Socket>
  /** Everything that came in, of all connections. */
  readonly bytes: () => string
  /** Resolves when no connection is open any more. */
  readonly idle: () => Promise<void>
}

/** Runs the script for each connection, once the head and the body of a request are there. */
export const receiverThat = (script: (socket: Socket, turn: number) => void): Promise<ScriptedReceiver> =>
  receiverOnConnect((socket, turn) => {
    let text = ""
    const read = (chunk: Buffer): void => {
      text += chunk.toString("latin1")
      const length = /\r\ncontent-length: (?<length>\d+)\r\n/iu.exec(text)?.groups?.["length"]
      const head = text.indexOf("\r\n\r\n")
      if (head === -1 || text.length < head + 4 + Number(length)) return
      socket.off("data", read)
      script(socket, turn)
    }
    socket.on("data", read)
  })

/** Runs the script as soon as somebody connects. */
export const receiverOnConnect = async (
  script: (socket: Socket, turn: number) => void = () => undefined,
  host = "127.0.0.1",
  port = 0
): Promise<ScriptedReceiver> => {
  const sockets: Array<Socket> = []
  const chunks: Array<Buffer> = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => undefined)
    script(socket, sockets.length)
  })
  await listening(server, host, port)
  onTestFinished(() => close(server, sockets))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a receiver has a port")
  return {
    port: address.port,
    sockets,
    bytes: () => Buffer.concat(chunks).toString("latin1"),
    idle: async () => {
      await Promise.all(sockets.map((socket) => socket.destroyed || new Promise((done) => socket.once("close", done))))
    }
  }
}

/** An answer with this status line and nothing after it. */
export const answering =
  (status: string, headers: ReadonlyArray<string> = [], body = "") =>
  (socket: Socket): void => {
    const lines = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${Buffer.byteLength(body)}`, "", body]
    socket.end(lines.join("\r\n"))
  }

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })

const close = (server: Server, sockets: ReadonlyArray<Socket>): Promise<void> =>
  new Promise((resolve) => {
    for (const socket of sockets) socket.destroy()
    server.close(() => resolve())
  })
