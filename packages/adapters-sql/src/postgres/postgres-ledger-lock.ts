/**
 * What those who write to the books and those who sum them up agree on. A number is taken before its commit, so a sum
 * over all numbers so far may miss one that commits later: writers share a lock from before they take a number until
 * their commit is over, and whoever sums up waits for them with the lock to itself. A lock for each of 64 groups of
 * merchants keeps a checkpoint from stopping everybody.
 */

/** The first half of the key of an advisory lock; the second is the stripe. */
export const ledgerLockClass = 731_635

const stripes = 64

/** FNV-1a: stable, because nodes of different versions have to meet at the same lock. */
export const ledgerStripe = (merchantId: string): number => {
  let hash = 0x811c9dc5
  for (let place = 0; place < merchantId.length; place++) {
    hash = Math.imul(hash ^ merchantId.charCodeAt(place), 0x01000193)
  }
  return (hash >>> 0) % stripes
}
