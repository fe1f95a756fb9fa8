/**
 * The look-up within a connection. Judging a name's addresses first and connecting to the name afterwards would look it
 * up twice, and whoever owns the name could answer differently; here, the addresses that were judged are those that the
 * connection is made to.
 */
import { promises as dns, type LookupAddress } from "node:dns"
import { isPublicAddress } from "../public-address.ts"

/** The addresses of a name, IPv4 and IPv6. Rejects, or gives none, where there are none. */
export type Resolve = (name: string) => Promise<ReadonlyArray<string>>

/** An address of the answer is not for others to name. Says nothing of which. */
export class AddressNotPublic extends Error {
  constructor() {
    super("a name resolves to an address that is not public")
  }
}

/** No address was found, for whatever reason. */
export class NameNotFound extends Error {
  constructor() {
    super("a name has no address")
  }
}

/** The addresses to connect to: all those of the answer if every one is public, or none. */
export const guardedLookUp = async (
  name: string,
  options: { readonly resolve: Resolve; readonly allowPrivate: boolean }
): Promise<ReadonlyArray<LookupAddress>> => {
  const addresses = await options.resolve(name).catch(() => [])
  if (addresses.length === 0) throw new NameNotFound()
  if (!options.allowPrivate && !addresses.every(isPublicAddress)) throw new AddressNotPublic()
  return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
}

/**
 * Asks name servers itself: the system's look-up knows names of its own, and waits in one of four threads, which a few
 * slow name servers could keep from everybody else. Of IPv4 and IPv6, the one that has no answer is gone without.
 */
export const dnsResolve = (servers?: ReadonlyArray<string>): Resolve => {
  const resolver = new dns.Resolver({ timeout: 1_500, tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
  }
}

/** For hosts that were allowed by name: those of this machine's own files too. */
export const systemResolve: Resolve = async (name) =>
  (await dns.lookup(name, { all: true })).map(({ address }) => address)
