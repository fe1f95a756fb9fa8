/** What every action abroad begins with: that there is a network, and a payment to do something about. */
import type { World } from "../world.ts"
import type { PayoutEntry } from "./payout-book.ts"
import type { Sending } from "./sending.ts"

/** Nothing is sent abroad in a world without a network. */
export const sent =
  (act: (world: World, sending: Sending) => void) =>
  (world: World): void => {
    if (world.sending !== null) act(world, world.sending)
  }

/** One of those that something can be done with. The latest ones are where most is still going on. */
export const somePayout = (
  { dice }: Pick<World, "dice">,
  { payouts }: Sending,
  fits: (payout: PayoutEntry) => boolean = () => true
): PayoutEntry | undefined => {
  const fitting = [...payouts.entries.values()].filter((one) => one.stored.status !== "withdrawn" && fits(one))
  return dice.chance(0.6) ? dice.any(fitting.slice(-3)) : dice.any(fitting)
}
