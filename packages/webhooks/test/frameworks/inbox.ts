/** Where a host keeps what it was told. */

export const saved: Array<readonly [id: string, text: string]> = []

export const save = (id: string, payload: Uint8Array): void => {
  if (id === "msg_unlucky") throw new Error("no database")
  saved.push([id, new TextDecoder().decode(payload)])
}
