/** As much of PostgreSQL's protocol 3 as tells where a message ends and which statement is run. */

export type Message = { readonly type: string; readonly bytes: Buffer }

/** Cuts a stream of bytes into messages. The first of a client has no type and goes by the name of "startup". */
export const messageReader = (side: "client" | "server"): ((chunk: Buffer) => ReadonlyArray<Message>) => {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = side === "client"
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Array<Message> = []
    for (;;) {
      const head = isFirst ? 0 : 1
      const length = rest.length < head + 4 ? Number.POSITIVE_INFINITY : head + rest.readInt32BE(head)
      if (rest.length < length) return messages
      messages.push({ type: isFirst ? "startup" : String.fromCharCode(rest[0] ?? 0), bytes: rest.subarray(0, length) })
      rest = rest.subarray(length)
      isFirst = false
    }
  }
}

/** Of a Parse message: under which name a text is prepared. */
export const preparedBy = ({ bytes }: Message): { readonly name: string; readonly text: string } => {
  const [name, end] = textAt(bytes, 5)
  return { name, text: textAt(bytes, end)[0] }
}

/** Of a Bind message: which statement is to run, and its first argument. */
export const boundBy = ({ bytes }: Message): { readonly name: string; readonly first: string } => {
  const [, portalEnd] = textAt(bytes, 5)
  const [name, nameEnd] = textAt(bytes, portalEnd)
  const values = nameEnd + 2 + 2 * bytes.readInt16BE(nameEnd)
  const length = bytes.readInt16BE(values) === 0 ? 0 : Math.max(0, bytes.readInt32BE(values + 2))
  return { name, first: bytes.toString("utf8", values + 6, values + 6 + length) }
}

const textAt = (bytes: Buffer, start: number): readonly [string, number] => {
  const end = bytes.indexOf(0, start)
  return [bytes.toString("utf8", start, end), end + 1]
}
