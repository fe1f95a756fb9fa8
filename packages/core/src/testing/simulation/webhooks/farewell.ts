/**
 * The end of being told. Trouble is over: first one receiver hangs while all others are told at once all the same; then it
 * too is well again, merchants ask for what did not arrive, and nothing is missing anywhere.
 */
import type { Process } from "../process.ts"
import { merchantId, payWish } from "../shop.ts"
import type { World } from "../world.ts"
import { type ChangeEntry, interestOf, keyOf } from "./change-book.ts"
import type { DeliveryEntry } from "./delivery-book.ts"
import { type EndpointEntry, exists, latest } from "./endpoint-book.ts"
import { addressOf } from "./endpoint-wishes.ts"
import { neighbourId } from "./neighbour.ts"
import type { Telling } from "./telling.ts"

/** Has something said, and waits for the answers; lets time pass. */
export type Stage = {
  readonly heir: Process
  readonly ask: (calls: ReadonlyArray<Promise<unknown>>) => Promise<void>
  readonly pass: (ms: number) => Promise<void>
}

const minuteMs = 60_000

/** While one receiver hangs, everybody else hears of what happens as soon as it does, and whoever pays is served. */
export const hangAlone = async (world: World, telling: Telling, { heir, ask, pass }: Stage): Promise<void> => {
  const { endpoints } = heir.kernel.webhooks
  telling.moods.clear()
  const listening = livingOf(telling, merchantId)
  await ask(listening.map(({ id }) => endpoints.change(merchantId, id, { enabled: true })))
  if (listening.length < 2) {
    const url = addressOf("shop", "late")
    await ask([endpoints.create(merchantId, { dialect: "plain", name: null, url, types: ["endpoint.EndpointTested"] })])
  }
  await pass(minuteMs)
  const deaf = livingOf(telling, merchantId).findLast((one) => latest(one).url !== null)
  if (deaf === undefined) return
  telling.moods.set(latest(deaf).url ?? "", "hanging")
  telling.promptSinceMs = world.agenda.nowMs()
  const before = new Set(world.books.payments.keys())
  for (let round = 0; round < 2; round++) {
    const tested = [deaf, deaf, ...livingOf(telling, merchantId)]
    await ask(tested.map(({ id }) => endpoints.test(merchantId, id)))
    payMeanwhile(world, heir)
    await pass(minuteMs)
  }
  for (const { id, status } of world.books.payments.values()) {
    if (!before.has(id) && status === "pending") world.report("WAIT", `${id} is still pending, while a receiver hangs`)
  }
  telling.promptSinceMs = null
  telling.moods.clear()
}

const payMeanwhile = ({ clients, dice }: World, heir: Process): void => {
  const [card] = clients.cards
  if (card !== undefined) clients.say(clients.make(payWish(dice, card), 0), heir)
}

/** Merchants have repeated what did not arrive, and all of it comes. */
export const hearAll = async (world: World, telling: Telling, { heir, ask, pass }: Stage): Promise<void> => {
  const { endpoints, deliveries } = heir.kernel.webhooks
  const living = [merchantId, neighbourId].flatMap((merchant) => livingOf(telling, merchant))
  await ask(living.map((one) => endpoints.change(one.merchantId, one.id, { enabled: true })))
  await ask(living.map((one) => repeatAll(deliveries, one, world.wall.latestMs)))
  // Shorter than a process sleeps that has missed something, so that it shows.
  await pass(30 * minuteMs)
  if (world.problems.length === 0) compareNews(world, telling)
}

type Deliveries = Stage["heir"]["kernel"]["webhooks"]["deliveries"]

/** One call begins so many again, and says from when on there are more. */
const repeatAll = async (deliveries: Deliveries, { merchantId: merchant, id }: EndpointEntry, toMs: number) => {
  for (let fromMs: number | null = 0; fromMs !== null; ) {
    const begun = await deliveries.replayAll(merchant, id, { fromMs, toMs })
    fromMs = begun.ok ? begun.value.continueFromMs : null
  }
}

const livingOf = ({ endpoints }: Telling, merchant: string): ReadonlyArray<EndpointEntry> =>
  endpoints.of(merchant).filter((one) => exists(one) && latest(one).status !== "unconfirmed")

/** Until so long after a merchant's first endpoint was made, other processes may not have heard of it. */
const unheardMs = 7_200_000

/** Whoever asked for a change has taken it, once or more often. */
const compareNews = (world: World, telling: Telling): void => {
  const { wall, report } = world
  const { changes, deliveries, receivers } = telling
  const planned = new Map<string, DeliveryEntry>()
  for (const one of deliveries.entries.values()) planned.set(placeOf(one.change, one.dialect, one.target), one)
  const isGone = ({ endedAtMs }: DeliveryEntry): boolean =>
    endedAtMs !== null && endedAtMs + telling.keepDeliveriesMs <= wall.latestMs
  const check = (
    change: ChangeEntry,
    dialect: string,
    target: DeliveryEntry["target"],
    urls: ReadonlyArray<string>
  ) => {
    const delivery = planned.get(placeOf(change, dialect, target))
    const what = `${change.type} of ${change.aggregate.id} at ${change.aggregate.version}`
    const where = urls.at(-1) ?? ""
    if (delivery === undefined) report("I8", `${what} was never to be told to ${where}`)
    else if (!isGone(delivery) && !urls.some((url) => receivers.hasTaken(url, delivery.messageId))) {
      report("I8", `${what} was never taken by ${where}`)
    }
  }
  for (const change of changes.entries.values()) {
    for (const endpoint of subscribersOf(telling, change)) {
      const target = { _tag: "Endpoint", endpointId: endpoint.id } as const
      check(
        change,
        endpoint.dialect,
        target,
        endpoint.moments.flatMap(({ url }) => url ?? [])
      )
    }
    if (change.address !== null) check(change, "plain", { _tag: "Address", url: change.address }, [change.address])
  }
  for (const one of deliveries.entries.values()) {
    if (one.status === "waiting") report("I9", `the delivery ${one.id} is still waiting`)
  }
}

/** Those that have asked for it all the time while it could be told, and can be told still. */
const subscribersOf = ({ endpoints, commits }: Telling, change: ChangeEntry): ReadonlyArray<EndpointEntry> => {
  const all = endpoints.of(change.merchantId)
  const sinceMs = all[0]?.sinceMs ?? 0
  const mayBeUnheard = change.merchantId !== merchantId && change.committedAtMs - sinceMs < unheardMs
  if (mayBeUnheard && change.aggregate.type !== "endpoint") return []
  const isReached = (one: EndpointEntry) => latest(one).status === "enabled" && latest(one).url !== null
  const to = change.plannedAt ?? commits()
  return all.filter((one) => isReached(one) && interestOf(one, change, to) === "always")
}

const placeOf = (change: ChangeEntry, dialect: string, target: DeliveryEntry["target"]): string =>
  JSON.stringify([keyOf(change), dialect, target._tag === "Endpoint" ? target.endpointId : target.url])
