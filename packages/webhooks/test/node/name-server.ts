/** A name server on this machine whose answers are written down, so that a name can resolve differently each time. */
import { createSocket } from "node:dgram"
import { onTestFinished } from "vitest"

/** What is answered to a question for a name, of the `turn`-th time that this type of it is asked for. */
export type Zone = (
  name: string,
  type: "A" | "AAAA",
  turn: number
) => ReadonlyArray<DnsRecord> | "silence" | "no such name"

export type DnsRecord =
  | { readonly type: "A"; readonly octets: ReadonlyArray<number> }
  | { readonly type: "AAAA"; readonly groups: ReadonlyArray<number> }
  | { readonly type: "CNAME"; readonly target: string }

/** Its address, as `dnsResolve` takes it. */
export const nameServer = async (zone: Zone): Promise<string> => {
  const turns = new Map<string, number>()
  const socket = createSocket("udp4")
  socket.on("message", (question, { port, address }) => {
    const { name, type, end } = asked(question)
    const turn = (turns.get(`${type} ${name}`) ?? 0) + 1
    turns.set(`${type} ${name}`, turn)
    const records = zone(name, type, turn)
    if (records !== "silence") socket.send(answerTo(question.subarray(0, end), records), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return `127.0.0.1:${socket.address().port}`
}

/** RFC 1035 §4.1.2. */
const asked = (message: Buffer): { readonly name: string; readonly type: "A" | "AAAA"; readonly end: number } => {
  const labels: Array<string> = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1) === 28 ? "AAAA" : "A", end: at + 5 }
}

/** RFC 1035 §4.1.1 and §4.1.3, every record with no time to live. */
const answerTo = (question: Buffer, records: ReadonlyArray<DnsRecord> | "no such name"): Buffer => {
  const given = records === "no such name" ? [] : records
  const head = Buffer.from(question)
  head.writeUInt16BE(records === "no such name" ? 0x8183 : 0x8180, 2)
  head.writeUInt16BE(given.length, 6)
  head.writeUInt32BE(0, 8)
  let owner: Buffer = Buffer.of(0xc0, 12)
  const written = given.map((record) => {
    const data = dataOf(record)
    const fixed = Buffer.alloc(10)
    fixed.writeUInt16BE({ A: 1, CNAME: 5, AAAA: 28 }[record.type], 0)
    fixed.writeUInt16BE(1, 2)
    fixed.writeUInt16BE(data.length, 8)
    const whole = Buffer.concat([owner, fixed, data])
    if (record.type === "CNAME") owner = data
    return whole
  })
  return Buffer.concat([head, ...written])
}

const dataOf = (record: DnsRecord): Buffer => {
  if (record.type === "A") return Buffer.from(record.octets)
  if (record.type === "AAAA") return Buffer.from(record.groups.flatMap((group) => [group >> 8, group & 0xff]))
  const labels = record.target.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.of(0)])
}
