/**
 * Which addresses belong to the public internet. Whoever names an address for us to call could name one of ours: this
 * machine, its network, the metadata service of its cloud. A name that resolves to such an address is found out only
 * when it is looked up, so each address of an answer is to be judged again then.
 */
import { ipv4Octets, ipv6Groups } from "./ip-address.ts"

/**
 * Whether an IP address is one of the public internet (IANA special-purpose address registries, RFC 6890). IPv6 that
 * stands for IPv4 is judged as that: mapped (RFC 4291 §2.5.5.2) and translated (NAT64, RFC 6052). What tunnels IPv4
 * (6to4, Teredo) is refused as a whole. A text that is no address is refused.
 *
 * @example
 * isPublicAddress("93.184.215.14") // => true
 * isPublicAddress("::ffff:169.254.169.254") // => false
 * isPublicAddress("64:ff9b::5db8:d70e") // => true
 */
export const isPublicAddress = (address: string): boolean => {
  const octets = ipv4Octets(address)
  if (octets !== undefined) return isPublicIpv4(octets)
  const groups = ipv6Groups(address)
  return groups !== undefined && isPublicIpv6(groups)
}

/**
 * Whether the host of a parsed URL may be called: a public address, or a name of the public DNS, with a dot in it and
 * under no suffix that only private networks know.
 *
 * @example
 * isPublicHost("shop.example") // => true
 * isPublicHost("metadata.google.internal") // => false
 * isPublicHost("[::1]") // => false
 */
export const isPublicHost = (hostname: string): boolean => {
  if (hostname.startsWith("[")) return isPublicAddress(hostname.slice(1, -1))
  if (ipv4Octets(hostname) !== undefined) return isPublicAddress(hostname)
  const labels = hostname.replace(/\.$/u, "").toLowerCase().split(".")
  const suffix = labels.at(-1) ?? ""
  // A name that ends in a number would be read as an address by somebody (WHATWG URL §3.5).
  return labels.length > 1 && !labels.includes("") && !privateSuffixes.has(suffix) && !/^[0-9]+$/u.test(suffix)
}

/** RFC 6761, 6762, 7686, 8375, ICANN's reservation of `internal`, and what offices and clusters use beside them. */
const privateSuffixes: ReadonlySet<string> = new Set([
  ...["localhost", "local", "internal", "arpa", "onion", "test", "invalid"],
  ...["localdomain", "lan", "home", "corp", "intranet", "private", "svc", "cluster"]
])

const isPublicIpv4 = (octets: ReadonlyArray<number>): boolean => {
  const address = octets.reduce((number, octet) => number * 256 + octet, 0)
  return !privateIpv4.some(([first, last]) => address >= first && address <= last)
}

const ipv4Block = (block: string): readonly [first: number, last: number] => {
  const [address = "", bits = ""] = block.split("/")
  const first = (ipv4Octets(address) ?? []).reduce((number, octet) => number * 256 + octet, 0)
  return [first, first + 2 ** (32 - Number.parseInt(bits, 10)) - 1]
}

const privateIpv4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // A public number that within Azure is the host's own agent.
  "168.63.129.16/32"
].map(ipv4Block)

const isPublicIpv6 = (groups: ReadonlyArray<number>): boolean => {
  if (beginsWith(groups, mapped) || beginsWith(groups, translated)) return isPublicIpv4(embeddedIpv4(groups))
  const [first = 0] = groups
  const isGlobalUnicast = first >= 0x2000 && first <= 0x3fff
  return isGlobalUnicast && !privateIpv6.some(({ prefix, bits }) => isWithin(groups, prefix, bits))
}

const mapped = [0, 0, 0, 0, 0, 0xffff]
/** The well-known prefix (RFC 6052 §2.1). The one beside it is for private translators (RFC 8215). */
const translated = [0x64, 0xff9b, 0, 0, 0, 0]

const privateIpv6 = [
  // Protocol assignments: Teredo, benchmarking, ORCHID.
  { prefix: [0x2001, 0], bits: 23 },
  { prefix: [0x2001, 0x0db8], bits: 32 },
  // 6to4
  { prefix: [0x2002], bits: 16 },
  { prefix: [0x3fff], bits: 20 }
]

const beginsWith = (groups: ReadonlyArray<number>, prefix: ReadonlyArray<number>): boolean =>
  prefix.every((group, place) => groups[place] === group)

const isWithin = (groups: ReadonlyArray<number>, prefix: ReadonlyArray<number>, bits: number): boolean =>
  groups.every((group, place) => {
    const counted = Math.min(16, Math.max(0, bits - place * 16))
    const mask = (0xffff << (16 - counted)) & 0xffff
    return (group & mask) === ((prefix[place] ?? 0) & mask)
  })

const embeddedIpv4 = (groups: ReadonlyArray<number>): ReadonlyArray<number> =>
  groups.slice(6).flatMap((group) => [group >> 8, group & 0xff])
