/**
 * Lets people in and out: checks a password at a price that a flood of guesses cannot raise, begins a session under a
 * new secret each time, and knows whose request it is afterwards. An address that nobody has takes as long as one that
 * somebody has, and waits as long.
 */
import { hash } from "bcryptjs"
import { clientNetwork } from "../../front/client-network.ts"
import { busy, turnstile } from "../../turnstile.ts"
import { type Account, type Accounts, accountEmail, passwordHolds } from "./accounts.ts"
import { digestOf, formTokenOf, mintToken, sameText } from "./session-token.ts"
import type { SessionRecord, Sessions } from "./sessions.ts"
import { signInPauses } from "./sign-in-pauses.ts"

export type DoorkeeperOptions = {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly nowMs: () => number
  /** That of the passwords on record, so that an unknown address takes as long. */
  readonly passwordCost: number
  readonly idleMs: number
  readonly sessionMs: number
}

export type SignedIn = {
  readonly email: string
  readonly merchantId: string
  /** Names the session, and lets nobody in. */
  readonly digest: string
  readonly formToken: string
}

export type SignInAnswer =
  | { readonly _tag: "SignedIn"; readonly token: string }
  | { readonly _tag: "Refused" }
  /** Too many tries failed, here or everywhere. */
  | { readonly _tag: "Wait"; readonly waitMs: number }

export type Doorkeeper = {
  /** `address` is the client's; `null` where it is not known. */
  readonly signIn: (email: string, password: string, address: string | null) => Promise<SignInAnswer>
  /** Whose token it is; `undefined` where it is nobody's any more. */
  readonly recognise: (token: string) => Promise<SignedIn | undefined>
  readonly signOut: (token: string) => Promise<void>
}

const seenToldEveryMs = 60_000
const emailLengthMax = 254
const passwordLengthMax = 1024

export const doorkeeper = (options: DoorkeeperOptions): Doorkeeper => {
  const { accounts, sessions, nowMs, passwordCost, idleMs, sessionMs } = options
  const admit = turnstile({ running: 2, waiting: 16 })
  const byAccount = signInPauses({ freeTries: 5 })
  // An office behind one address has more hands.
  const byNetwork = signInPauses({ freeTries: 30 })
  const nobodysHash = laterOnce(() => hash(mintToken(), passwordCost))

  const isOver = ({ startedAtMs, seenAtMs }: SessionRecord): boolean => {
    const now = nowMs()
    // A clock that was set back makes a session neither fresh nor old.
    return now < startedAtMs || now - startedAtMs >= sessionMs || now - seenAtMs >= idleMs
  }

  const begin = async ({ email, passwordHash }: Account): Promise<string> => {
    const token = mintToken()
    const now = nowMs()
    const passwordMark = digestOf(passwordHash)
    await sessions.begin({ digest: digestOf(token), email, passwordMark, startedAtMs: now, seenAtMs: now })
    return token
  }

  return {
    signIn: async (typedEmail, password, address) => {
      const email = accountEmail(typedEmail.slice(0, emailLengthMax))
      // Names are kept as digests: whoever types a password into the wrong field should not have it remembered.
      const account = digestOf(`account:${email}`)
      const network = digestOf(`network:${address === null ? "" : clientNetwork(address)}`)
      const now = nowMs()
      const waitMs = Math.max(byAccount.waitMs(account, now), byNetwork.waitMs(network, now))
      if (waitMs > 0) return { _tag: "Wait", waitMs }
      byAccount.tried(account, now)
      if (address !== null) byNetwork.tried(network, now)
      const found = await accounts.find(email)
      const passwordHash = found?.passwordHash ?? (await nobodysHash())
      const holds = await admit(() => passwordHolds(password.slice(0, passwordLengthMax), passwordHash))
      if (holds === busy) return { _tag: "Wait", waitMs: 1000 }
      if (!holds || found === undefined) return { _tag: "Refused" }
      byAccount.forget(account)
      byNetwork.forgive(network)
      return { _tag: "SignedIn", token: await begin({ ...found, email }) }
    },
    recognise: async (token) => {
      const digest = digestOf(token)
      const record = await sessions.find(digest)
      if (record === undefined) return undefined
      const account = isOver(record) ? undefined : await accounts.find(record.email)
      if (account === undefined || !sameText(digestOf(account.passwordHash), record.passwordMark)) {
        await sessions.end(digest)
        return undefined
      }
      const now = nowMs()
      if (now - record.seenAtMs >= seenToldEveryMs) await sessions.seen(digest, now)
      return { email: record.email, merchantId: account.merchantId, digest, formToken: formTokenOf(token) }
    },
    signOut: (token) => sessions.end(digestOf(token))
  }
}

const laterOnce = <A>(make: () => Promise<A>): (() => Promise<A>) => {
  let made: Promise<A> | undefined
  return () => {
    made ??= make()
    return made
  }
}
