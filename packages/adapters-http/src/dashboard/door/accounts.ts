/**
 * Who may sign in: an email address, the hash of a password, and the merchant that both stand for. A host has users of
 * its own and answers for them; the few of a small host come from its configuration.
 */
import { compare, hash, truncates } from "bcryptjs"

export type Account = {
  /** As `accountEmail` writes it. */
  readonly email: string
  readonly merchantId: string
  /** bcrypt's, such as `hashPassword` makes. Once it changes, every session of the account is over. */
  readonly passwordHash: string
}

/** `find` is asked at every request, with an address as `accountEmail` writes it. A rejection becomes a 500. */
export type Accounts = { readonly find: (email: string) => Promise<Account | undefined> }

/**
 * One spelling for addresses that mean the same.
 *
 * @example
 * accountEmail(" Ada@Example.org") // => "ada@example.org"
 */
export const accountEmail = (text: string): string => text.trim().toLowerCase()

export const passwordLettersMin = 12

/** Steps of bcrypt, as a power of two: a quarter of a second of one core. */
export const passwordCost = 12

/**
 * The hash of a password. Throws a `RangeError` for one of fewer than 12 characters, or of more than the 72 bytes that
 * bcrypt reads.
 *
 * @example
 * await hashPassword("correct horse battery staple").then((text) => text.slice(0, 7)) // => "$2b$12$"
 */
export const hashPassword = async (password: string, cost: number = passwordCost): Promise<string> => {
  if ([...password].length < passwordLettersMin || truncates(password)) {
    throw new RangeError(`a password has at least ${passwordLettersMin} characters, and at most 72 bytes`)
  }
  return hash(password, cost)
}

/** What bcrypt would cut is nobody's password. It is hashed all the same, so that it takes as long to refuse. */
export const passwordHolds = async (password: string, passwordHash: string): Promise<boolean> => {
  const holds = await compare(password, passwordHash)
  return holds && !truncates(password)
}

/** Accounts that a host has at hand. Throws a `TypeError` for an address that is there twice. */
export const memoryAccounts = (accounts: ReadonlyArray<Account>): Accounts => {
  const byEmail = new Map(accounts.map((account) => [accountEmail(account.email), account]))
  if (byEmail.size < accounts.length) throw new TypeError("two accounts have the same email address")
  return { find: async (email) => byEmail.get(email) }
}
