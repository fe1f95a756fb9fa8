/** Another merchant on the same store, who is told of his own affairs and of nobody else's. */
import { usd } from "../../payment-examples.ts"
import { ask } from "../client-actions.ts"
import * as Shop from "../shop.ts"
import type { World } from "../world.ts"
import { addressOf, someTypes } from "./endpoint-wishes.ts"

export const neighbourId = "0193a000-0000-7000-8000-000000000002"

/** Registers, has endpoints, saves cards, tests: enough to have news of his own. */
export const meddle = (world: World): void => {
  const { dice, telling } = world
  if (telling === null) return
  const [one, ...others] = telling.endpoints.of(neighbourId)
  if (one === undefined) {
    moveIn(world)
    return
  }
  const what = dice.pick(["test", "default", "card", "card", "page", "rotate"] as const)
  const id = dice.any([one, ...others])?.id ?? one.id
  const types = someTypes(dice)
  ask(world, `the neighbour: ${what}`, ({ kernel: { webhooks, cards, checkouts } }) => {
    switch (what) {
      case "test":
        return webhooks.endpoints.test(neighbourId, id)
      case "rotate":
        return webhooks.endpoints.rotateSecret(neighbourId, id, { overlapMs: 60_000 })
      case "default": {
        const url = addressOf("neighbour", "default")
        return webhooks.endpoints.create(neighbourId, { id: "default", dialect: "plain", name: null, url, types })
      }
      case "page":
        return checkouts.open(neighbourId, {
          ...{ amount: usd(1000n), description: null, customer: null, metadata: null, expiresAtMs: null },
          ...{ webhookUrl: "https://neighbour.example/pages/0", returnUrl: "https://neighbour.example" }
        })
      case "card":
        return cards.submit(neighbourId, Shop.cardInput("4007400000000007", "123"))
    }
  })
}

/** At first he is told of nothing, and has news all the same. */
const moveIn = (world: World): void => {
  const isSilent = world.dice.chance(0.4)
  const url = addressOf("neighbour", `first-${world.tally.operations}`)
  ask(world, "a neighbour", async ({ kernel: { merchants, cards, webhooks } }) => {
    await merchants.register({ ...Shop.merchantInput, id: neighbourId, walletId: "1000000002" })
    return isSilent
      ? cards.submit(neighbourId, Shop.cardInput("4007400000000007", "123"))
      : webhooks.endpoints.create(neighbourId, { dialect: "plain", name: null, url, types: [] })
  })
}
