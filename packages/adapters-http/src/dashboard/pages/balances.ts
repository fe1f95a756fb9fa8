/** What the merchant is owed, and every account of its books. */
import type { Money } from "@paykernel/core"
import { type Html, html } from "../view/markup.ts"
import { card, heading, table } from "../view/parts.ts"
import { missing, page, type Reply } from "../view/reply.ts"
import { spoken } from "../view/words.ts"
import { type Desk, get, type Visit } from "../visit.ts"

const showBalances = async ({ kernel }: Desk, visit: Visit): Promise<Reply> => {
  const read = await kernel.balances(visit.merchant.id)
  if (!read.ok) return missing(read.error)
  const { available, unsettled, accounts } = read.value
  const { format } = visit
  // To a merchant, what is owed to it is no negative.
  const owed = (amount: bigint): bigint => -amount
  return page(
    "Balances",
    html`${heading({ title: "Balances" })}
<div class="tiles">
${amounts(visit, "Available", available, "free to use")}
${amounts(visit, "Not settled yet", unsettled, "captured, before fees")}
</div>
${card(
  "Accounts",
  table({
    caption: "Accounts of your ledger",
    columns: [
      { label: "Account" },
      { label: "Currency", kind: "aside" },
      { label: "Posted", kind: "number" },
      { label: "Held", kind: "number" }
    ],
    rows: accounts.map(({ account, currency, posted, held }) => {
      const sign = account.startsWith("merchant_") ? owed : (amount: bigint) => amount
      return [
        spoken(account),
        currency,
        format.money({ amount: sign(posted), currency }),
        format.money({ amount: sign(held), currency })
      ]
    }),
    empty: html`<p>No money has moved yet.</p>`
  })
)}`
  )
}

export const balancesRoute = get("/balances", showBalances)

const amounts = ({ format }: Visit, label: string, list: ReadonlyArray<Money>, hint: string): Html => {
  const figures = list.length === 0 ? ["–"] : list.map(format.money)
  return html`<div class="tile">
<p>${label}</p>
${figures.map((figure) => html`<p class="figure">${figure}</p>`)}
<p class="hint">${hint}</p></div>`
}
