/** IP addresses as numbers, read strictly: what only some parsers take for an address is none here. */

/**
 * The four octets of an IPv4 address in dotted decimal, without leading zeros.
 *
 * @example
 * ipv4Octets("192.0.2.1") // => [192, 0, 2, 1]
 * ipv4Octets("192.0.2.01") // => undefined
 */
export const ipv4Octets = (text: string): ReadonlyArray<number> | undefined =>
  ipv4Shape.test(text) ? text.split(".").map((octet) => Number.parseInt(octet, 10)) : undefined

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
const ipv4Shape = new RegExp(`^${octet}(?:\\.${octet}){3}$`, "u")

/**
 * The eight groups of an IPv6 address, whose many spellings the URL parser knows. An address with a zone is none.
 *
 * @example
 * ipv6Groups("::ffff:192.0.2.1") // => [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201]
 * ipv6Groups("fe80::1%eth0") // => undefined
 */
export const ipv6Groups = (text: string): ReadonlyArray<number> | undefined => {
  if (!ipv6Letters.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined
  const written = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const [left = "", right = ""] = written.split("::")
  const leading = groupsIn(left)
  const trailing = groupsIn(right)
  return [...leading, ...Array.from({ length: 8 - leading.length - trailing.length }, () => 0), ...trailing]
}

const ipv6Letters = /^[0-9a-f:.]{2,45}$/iu

const groupsIn = (text: string): ReadonlyArray<number> =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16))
