/** Somebody in front of a database server who turns the first callers away, each in one way, and lets the others in. */
import { connect, createServer, type Socket } from "node:net"

/** Hangs up, or says what a server says: an error with its code (PostgreSQL's message formats, `ErrorResponse`). */
export type Rebuff = "hangs up" | { readonly code: string; readonly message: string }

export type Gatekeeper = {
  /** Of the database behind, through the gate. */
  readonly url: string
  readonly place: string
  readonly close: () => Promise<void>
}

export const gatekeeper = async (databaseUrl: string, rebuffs: ReadonlyArray<Rebuff>): Promise<Gatekeeper> => {
  const behind = new URL(databaseUrl)
  const open = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    open.add(socket)
    return socket.on("error", () => {}).once("close", () => open.delete(socket))
  }
  let callers = 0
  const server = createServer((caller) => {
    keep(caller)
    const rebuff = rebuffs[callers++]
    if (rebuff === "hangs up") caller.destroy()
    // What the caller says first is who he is; then it is our turn.
    else if (rebuff !== undefined) caller.once("data", () => caller.end(errorResponse(rebuff)))
    else caller.pipe(keep(connect(Number(behind.port), behind.hostname))).pipe(caller)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${address.port}`
  return {
    url: url.href,
    place: `${url.host}${url.pathname}`,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const errorResponse = ({ code, message }: Exclude<Rebuff, "hangs up">): Buffer => {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  return Buffer.concat([Buffer.from("E"), length, fields])
}
