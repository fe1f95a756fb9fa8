/** What merchants ask for to be told: endpoints in either dialect, for all that happens or for some of it. */
import type { EndpointWithSecret } from "../../../application/webhooks/webhook-contract.ts"
import type { Dice } from "../dice.ts"
import { keyOf, type Made, merchantId } from "../shop.ts"

/** Most want to hear of little, and hear the rest all the same where somebody else asks for it. */
const interests: readonly [ReadonlyArray<string>, ...ReadonlyArray<ReadonlyArray<string>>] = [
  ["endpoint.*"],
  ["settlement.*", "checkout.*"],
  ["payment.PaymentCaptured", "payment.PaymentFailed", "endpoint.EndpointTested"],
  ["card.CardVerified", "checkout.CheckoutCompleted"]
]

export const someTypes = (dice: Dice): ReadonlyArray<string> => dice.pick(interests)

/** What the shop's first endpoint wants: now and then everything. */
export const firstTypes = (dice: Dice): ReadonlyArray<string> =>
  dice.pick([[], ["payment.*", "endpoint.*"], ["card.*", "checkout.*", "settlement.*"], ["payment.PaymentCaptured"]])

/** Where a merchant can be told at. Each is used for one endpoint only. */
export const addressOf = (owner: "shop" | "neighbour", name: string): string => `https://${owner}.example/hooks/${name}`

/** One of a few places at which whoever sells on a page wants to hear of it. */
export const pageAddress = (dice: Dice): string => `https://shop.example/pages/${dice.below(2)}`

export const registerWish = (dice: Dice): Made => {
  const dialect = dice.pick(["plain", "asking"])
  const asDefault = dialect === "plain" && dice.chance(0.2)
  const asking = (types: ReadonlyArray<string>): Pick<Made, "what" | "ask"> => ({
    what: `be told of ${types.length === 0 ? "all" : types.join()}, in ${dialect}${asDefault ? ", by default" : ""}`,
    ask: ({ webhooks }, request) => {
      const url = addressOf("shop", keyOf(request))
      const described = request<EndpointWithSecret>(
        ["endpoint", dialect, ...types],
        ({ endpoint: { id, status } }) => ({
          ...{ id, status, parent: id }
        })
      )
      const input = { dialect, name: null, url, types, ...(asDefault ? { id: "default" } : {}) }
      return webhooks.endpoints.create(merchantId, input, described)
    }
  })
  const types = someTypes(dice)
  return { ...asking(types), about: "endpoint", changed: asking([...types, "other.*"]) }
}
