/**
 * Whom an address stands for. Who has one IPv6 address has 2^64 of them, so those that share their first 64 bits are one
 * client (RFC 6177 §2); an IPv4 address is one as it is, in IPv6 notation too (RFC 4291 §2.5.5.2).
 */
import { ipv6Groups } from "@paykernel/webhooks"

/**
 * The network of a client. What is no address of the internet, such as the name of a socket, stands for itself.
 *
 * @example
 * clientNetwork("2001:db8:0:7::1") // => "2001:db8:0:7::/64"
 * clientNetwork("::ffff:203.0.113.9") // => "203.0.113.9"
 */
export const clientNetwork = (address: string): string => {
  // A zone tells links of this machine apart, not clients (RFC 4007 §6).
  const groups = ipv6Groups(address.split("%")[0] ?? "")
  if (groups === undefined) return address.slice(0, lengthMax)
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".")
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`
}

/** Longer texts are none that a host should give, and are not held in full. */
const lengthMax = 128
