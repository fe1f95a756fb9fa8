/** Stands between a store and its server, and cuts a connection at a chosen moment of one of the store's writes. */
import { once } from "node:events"
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net"
import { boundBy, type Message, messageReader, preparedBy } from "./postgres-messages.ts"

/**
 * - `before`: nothing of the statement reaches the server
 * - `torn`: some of it does, at most all but the message by which the server would commit
 * - `late`: the server gets it a while after the connection is gone
 * - `running`: the connection goes as soon as it was sent
 * - `sent`: the server has answered, and nothing of that arrives
 * - `middle`: a part of the answer arrives
 */
export type Cut = "before" | "torn" | "late" | "running" | "sent" | "middle"

/** A batch, or the question of what became of one. */
export type Exchange = { readonly kind: "batch" | "question"; readonly batchId: string }

export type CutExchange = Exchange & {
  readonly cut: Cut
  /** The server refused it. */
  failed: boolean
  /** The refusal left whole, so the store may have read it. */
  passedOn: boolean
}

export type CuttingProxy = {
  readonly port: number
  readonly cuts: ReadonlyArray<CutExchange>
  /** While away, it has no connections and takes none. */
  readonly setAway: (away: boolean) => void
  readonly close: () => Promise<void>
}

export const startProxy = async (
  serverPort: number,
  choose: (exchange: Exchange, cutsSoFar: number) => Cut | undefined
): Promise<CuttingProxy> => {
  const cuts: Array<CutExchange> = []
  const open = new Set<Socket>()
  let isAway = false
  const listener = createServer((client) => {
    if (isAway) return void client.resetAndDestroy()
    const server = dial({ port: serverPort, host: "127.0.0.1", noDelay: true })
    for (const socket of [client, server]) {
      open.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => open.delete(socket))
    }
    relay(client, server, (exchange) => {
      const cut = choose(exchange, cuts.length)
      const chosen = cut === undefined ? undefined : { ...exchange, cut, failed: false, passedOn: false }
      if (chosen !== undefined) cuts.push(chosen)
      return chosen
    })
  })
  listener.listen(0, "127.0.0.1")
  await once(listener, "listening")
  const endAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (listener.address() as AddressInfo).port,
    cuts,
    setAway: (away) => {
      isAway = away
      if (away) endAll()
    },
    close: async () => {
      endAll()
      listener.close()
      await once(listener, "close")
    }
  }
}

const relay = (client: Socket, server: Socket, choose: (exchange: Exchange) => CutExchange | undefined): void => {
  const fromClient = messageReader("client")
  const fromServer = messageReader("server")
  const texts = new Map<string, string>()
  let asking: ReadonlyArray<Message> = []
  let answering: ReadonlyArray<Message> = []
  let cut: CutExchange | undefined

  client.on("data", (chunk) => {
    for (const message of fromClient(chunk)) {
      asking = [...asking, message]
      if (message.type === "P") remember(texts, message)
      // Sync, a simple query, or what is no part of a query at all, ends what the server is asked.
      if (["P", "B", "D", "E", "C", "H"].includes(message.type)) continue
      const exchange = exchangeOf(asking, texts)
      cut = exchange === undefined ? undefined : choose(exchange)
      if (cut === undefined) server.write(bytesOf(asking))
      else ask(client, server, cut, asking)
      asking = []
    }
  })
  server.on("data", (chunk) => {
    const messages = fromServer(chunk)
    if (cut !== undefined && hasRefusal(messages)) cut.failed = true
    if (cut?.cut !== "sent" && cut?.cut !== "middle") {
      if (cut !== undefined) cut.passedOn = cut.failed && !client.destroyed
      return void client.write(chunk)
    }
    answering = [...answering, ...messages]
    if (answering.at(-1)?.type !== "Z") return
    const answer = bytesOf(answering)
    const part = cut.cut === "sent" ? 0 : 1 + Math.floor(Math.random() * (answer.length - 6))
    cut.passedOn = hasRefusal(messageReader("server")(answer.subarray(0, part)))
    client.write(answer.subarray(0, part), () => end(client, server))
  })
  client.on("close", () => {
    if (cut?.cut !== "late") server.destroy()
  })
  server.on("close", () => client.destroy())
}

const hasRefusal = (messages: ReadonlyArray<Message>): boolean => messages.some(({ type }) => type === "E")

const remember = (texts: Map<string, string>, message: Message): void => {
  const { name, text } = preparedBy(message)
  texts.set(name, text)
}

const exchangeOf = (asked: ReadonlyArray<Message>, texts: ReadonlyMap<string, string>): Exchange | undefined => {
  const bind = asked.find(({ type }) => type === "B")
  if (bind === undefined) return undefined
  const { name, first } = boundBy(bind)
  const text = texts.get(name) ?? ""
  if (!text.includes("insert into paykernel_batch")) return undefined
  return { kind: text.trimStart().startsWith("with") ? "batch" : "question", batchId: first }
}

const ask = (client: Socket, server: Socket, { cut }: CutExchange, asked: ReadonlyArray<Message>): void => {
  const bytes = bytesOf(asked)
  switch (cut) {
    case "before":
      end(client, server)
      return
    case "torn":
      tear(client, server, asked)
      return
    case "late":
      client.resetAndDestroy()
      setTimeout(() => server.end(bytes), Math.random() * 60)
      return
    case "running":
      server.write(bytes, () => end(client, server))
      return
    case "sent":
    case "middle":
      server.write(bytes)
  }
}

const tear = (client: Socket, server: Socket, asked: ReadonlyArray<Message>): void => {
  const bytes = bytesOf(asked)
  const sync = bytesOf(asked.slice(-1)).length
  // In every second case all but Sync: the server runs the statement and does not commit it.
  const part = Math.random() < 0.5 ? bytes.length - sync : Math.floor(Math.random() * (bytes.length - sync))
  server.write(bytes.subarray(0, part))
  setTimeout(() => end(client, server), Math.random() * 20)
}

const bytesOf = (messages: ReadonlyArray<Message>): Buffer => Buffer.concat(messages.map(({ bytes }) => bytes))

const end = (client: Socket, server: Socket): void => {
  if (Math.random() < 0.5) client.resetAndDestroy()
  else client.destroy()
  server.destroy()
}
