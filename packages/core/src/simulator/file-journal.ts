/**
 * The books of the bank, the chains and the payout network as files of JSON lines, for Node. All answer only after their
 * line is on disk, so a SIGKILL at any moment leaves a book that agrees with every answer ever given. Appends that wait at
 * the same time share one sync.
 */
import { type FileHandle, mkdir, open } from "node:fs/promises"
import { dirname } from "node:path"
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { decodeChainRecord, encodeChainRecord } from "./chain/chain-journal.schema.ts"
import type { ChainRecord } from "./chain/chain-journal.ts"
import { decodeRecord, encodeRecord } from "./journal.schema.ts"
import type { BankRecord } from "./journal.ts"
import { decodeNetworkRecord, encodeNetworkRecord } from "./payout/network-journal.schema.ts"
import type { NetworkRecord } from "./payout/network-journal.ts"

/** A line inside the file is unreadable although readable ones follow: not a torn write, so it is not repaired. */
export class JournalCorrupt extends Data.TaggedError("JournalCorrupt")<{
  readonly path: string
  readonly line: number
}> {}

/** A book of one kind of record: the bank's unless told otherwise. */
export type FileJournal<Line = BankRecord> = {
  /** Resolves when this record and all before it are durable. After a rejection it takes no more until reopened. */
  readonly append: (record: Line) => Promise<void>
  /** Every durable record, oldest first. */
  readonly read: () => ReadonlyArray<Line>
  /** Bytes of a torn last write that were cut off when the file was opened. */
  readonly tornBytes: number
  /** Waits for what is under way, then closes the file. Appends after it reject. */
  readonly close: () => Promise<void>
}

type Codec<Line> = {
  readonly encode: (record: Line) => string
  readonly decode: (line: string) => Result.Result<Line, unknown>
}

/**
 * Opens the bank's journal file, creating it and its directory if need be. A last line that a crash tore apart was never
 * acknowledged and is cut off. Rejects with `JournalCorrupt`, or with the error of the file system.
 *
 * @example
 * const journal = await openFileJournal("./data/gateway-journal.jsonl")
 * journal.read() // => []
 * await journal.close()
 */
export const openFileJournal = (path: string): Promise<FileJournal> =>
  openLines<BankRecord>(path, { encode: encodeRecord, decode: decodeRecord })

/**
 * Opens the chains' journal file, in the same way.
 *
 * @example
 * const journal = await openChainFileJournal("./data/chain-journal.jsonl")
 * journal.read() // => []
 * await journal.close()
 */
export const openChainFileJournal = (path: string): Promise<FileJournal<ChainRecord>> =>
  openLines<ChainRecord>(path, { encode: encodeChainRecord, decode: decodeChainRecord })

/**
 * Opens the journal file of the payout network and its chains, in the same way.
 *
 * @example
 * const journal = await openNetworkFileJournal("./data/payout-network-journal.jsonl")
 * journal.read() // => []
 * await journal.close()
 */
export const openNetworkFileJournal = (path: string): Promise<FileJournal<NetworkRecord>> =>
  openLines<NetworkRecord>(path, { encode: encodeNetworkRecord, decode: decodeNetworkRecord })

const openLines = async <Line>(path: string, codec: Codec<Line>): Promise<FileJournal<Line>> => {
  await mkdir(dirname(path), { recursive: true })
  // Mode 0600: the book names merchants and payments, which are nobody else's business on a shared machine.
  const file = await open(path, "a+", 0o600)
  try {
    const bytes = await file.readFile()
    const { records, goodBytes } = readLines(path, bytes, codec)
    if (goodBytes < bytes.length) await file.truncate(goodBytes)
    await file.sync()
    await syncDirectory(dirname(path))
    return { ...groupAppender(file, records, codec), tornBytes: bytes.length - goodBytes }
  } catch (error) {
    await file.close()
    throw error
  }
}

type Waiting<Line> = {
  readonly record: Line
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const groupAppender = <Line>(
  file: FileHandle,
  records: Array<Line>,
  codec: Codec<Line>
): Omit<FileJournal<Line>, "tornBytes"> => {
  let waiting: Array<Waiting<Line>> = []
  let flushing: Promise<void> | undefined
  // After a failed write nobody knows what the file holds, so nothing is accepted until it is opened anew.
  let refusal: { readonly error: unknown } | undefined
  let isClosed = false

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        if (refusal !== undefined) throw refusal.error
        await file.appendFile(group.map(({ record }) => `${codec.encode(record)}\n`).join(""))
        await file.datasync()
        for (const { record, resolve } of group) {
          records.push(record)
          resolve()
        }
      } catch (error) {
        refusal ??= { error }
        for (const { reject } of group) reject(error)
      }
    }
    flushing = undefined
  }

  return {
    read: () => records,
    append: (record) => {
      if (isClosed) return Promise.reject(new Error("the journal is closed"))
      return new Promise((resolve, reject) => {
        waiting.push({ record, resolve, reject })
        flushing ??= flush()
      })
    },
    close: async () => {
      isClosed = true
      await flushing
      await file.close()
    }
  }
}

const newline = 0x0a

const readLines = <Line>(
  path: string,
  bytes: Uint8Array,
  codec: Codec<Line>
): { records: Array<Line>; goodBytes: number } => {
  const records: Array<Line> = []
  const text = new TextDecoder()
  let goodBytes = 0
  let badLine = 0
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(newline, start)
    if (end === -1) break
    const record = codec.decode(text.decode(bytes.subarray(start, end)))
    if (Result.isFailure(record)) {
      badLine ||= line
    } else {
      // Writes are appended in order, so a torn one can have nothing readable behind it.
      if (badLine > 0) throw new JournalCorrupt({ path, line: badLine })
      records.push(record.success)
      goodBytes = end + 1
    }
    start = end + 1
  }
  return { records, goodBytes }
}

/** A new file is only sure to be found again once its directory entry is on disk too. Windows cannot do this. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r").catch(() => undefined)
  try {
    await directory?.sync()
  } catch {
    // Some file systems refuse to sync a directory; the journal itself is synced all the same.
  } finally {
    await directory?.close()
  }
}
