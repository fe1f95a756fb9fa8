/** What the story has left in the books of its merchant. */
import { type Kernel, money } from "@paykernel/core"
import { Money } from "@paykernel/core/domain"
import { readingKernel } from "@paykernel/example-server/reading-kernel"
import type { ServerSettings } from "@paykernel/example-server/settings"

export type Books = {
  /** Account, and what is on it. */
  readonly accounts: ReadonlyArray<readonly [account: string, balance: string]>
  /** What does not add up, one sentence each. */
  readonly findings: ReadonlyArray<string>
}

export const readBooks = ({ sandboxDir, ...settings }: ServerSettings): Promise<Books> =>
  readingKernel({ ...settings, keysDirectory: sandboxDir }, async (kernel, [merchantId = ""]) => {
    const findings = await kernel.audit(merchantId)
    return {
      accounts: await balancesOf(kernel, merchantId),
      findings: findings.map(({ aggregate, problem }) => `${aggregate?.type} ${aggregate?.id}: ${problem}`)
    }
  })

const balancesOf = async (kernel: Kernel, merchantId: string): Promise<Books["accounts"]> => {
  const balances = await kernel.balances(merchantId)
  if (!balances.ok) throw new Error("the balances cannot be read")
  return balances.value.accounts
    .filter(({ posted, held }) => posted !== 0n || held !== 0n)
    .map(({ account, currency, posted, held }) => {
      const shown = Money.format(money(posted, currency))
      const promised = held === 0n ? "" : `, ${Money.format(money(held, currency))} held`
      return [account, `${shown} ${currency}${promised}`]
    })
}
