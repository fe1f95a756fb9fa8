/** Dollars as cents, without a floating point in between. */
export const centsOf = (decimal: string): bigint => {
  const parts = /^(-?)(\d+)\.(\d{2})$/u.exec(decimal)
  if (parts === null) throw new Error(`${decimal} is no amount with two decimals`)
  const cents = BigInt((parts[2] ?? "") + (parts[3] ?? ""))
  return parts[1] === "-" ? -cents : cents
}

export const decimalOf = (cents: bigint): string => {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0")
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
