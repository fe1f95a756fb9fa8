/** Cards and payments at a bare desk: how they are made there, and what can be seen of them and of their tasks. */
import { type Card, type CreatePaymentInput, Cvv } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import {
  type ClaimedTask,
  changePayment,
  createPayment,
  findPayment,
  readHistory,
  submitCard,
  type TaskKind
} from "@paykernel/core/effect"
import * as Result from "effect/Result"
import { type BareDesk, claimBy } from "./bare-desk.ts"
import { cardInput, merchantId, paymentInput, usd } from "./kernel-world.ts"

export const approval = (amount: bigint, cvv: "pass" | "not_requested" = "not_requested"): Attempt.GatewayVerdict => ({
  ...{ _tag: "Approved", reference: "r", amount: usd(amount) },
  ...{ avs: "Y", cvv }
})

export const code = (): Cvv => Result.getOrThrow(Cvv.parse("321"))

export const submit = ({ operations, directory }: BareDesk, cvv = code()) =>
  submitCard(operations, directory, merchantId, { ...cardInput(), cvv }, undefined)

export const savedCard = async (desk: BareDesk): Promise<Card> => {
  const { view } = Result.getOrThrow(await desk.run(submit(desk)))
  await desk.workOff()
  return view
}

export const create = ({ operations, directory }: BareDesk, cardId: string, change: Partial<CreatePaymentInput> = {}) =>
  createPayment(operations, directory, merchantId, paymentInput(cardId, change), undefined)

/** A payment that was made, and whose first tasks were done. */
export const paid = async (desk: BareDesk, change: Partial<CreatePaymentInput> = {}): Promise<string> => {
  const { id } = await savedCard(desk)
  const { view } = Result.getOrThrow(await desk.run(create(desk, id, change)))
  await desk.workOff()
  return view.id
}

export const capture = ({ operations, directory }: BareDesk, paymentId: string) =>
  changePayment(operations, directory, {
    ...{ merchantId, paymentId, request: undefined },
    command: ({ attemptId, gatewayKey, terms, sendNow, nowMs }) =>
      ({ _tag: "CapturePayment", amount: null, attemptId, gatewayKey, terms, sendNow, nowMs }) as const
  })

export const paymentIn = async (desk: BareDesk, id: string) => (await desk.run(findPayment(merchantId, id)))?.payment

/** Why its attempts did not go on, as its history says. */
export const whysOf = async (desk: BareDesk, id: string): Promise<ReadonlyArray<string>> =>
  ((await desk.run(readHistory(merchantId, id))) ?? []).flatMap((event) =>
    event._tag === "AttemptAdvanced" && "why" in event.event ? [event.event.why] : []
  )

export const claimed = async (desk: BareDesk, kind: TaskKind, nowMs: number): Promise<ClaimedTask> => {
  const task = (await claimBy(desk, nowMs)).find((one) => one.kind === kind)
  if (task === undefined) throw new Error(`no task "${kind}" is due`)
  return task
}

/** How much later tasks are to be done again that are put off meanwhile. */
export const pausesIn = async (desk: BareDesk, act: () => Promise<void>): Promise<ReadonlyArray<number>> => {
  const pausesMs: Array<number> = []
  desk.instead.commit = (commit) => {
    const then = commit.lease?.then
    if (then?._tag === "Again") pausesMs.push(then.dueAtMs - desk.clock.ms)
    return desk.own.commit(commit)
  }
  await act()
  delete desk.instead.commit
  return pausesMs
}

/** A task each time it comes to be due, and the pauses after it. */
export const pausesOf = async (desk: BareDesk, kind: TaskKind, times: number): Promise<ReadonlyArray<number>> => {
  const pausesMs: Array<number> = []
  for (let time = 0; time < times; time++) {
    const task = await claimed(desk, kind, desk.clock.ms)
    pausesMs.push(...(await pausesIn(desk, () => desk.carryOut(task))))
    desk.clock.ms += pausesMs.at(-1) ?? 0
  }
  return pausesMs
}
