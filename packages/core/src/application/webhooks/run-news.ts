/** Carries out the tasks of the lane "news": they tell others of what has happened, and never move money. */

import { carryingOut, ofAnotherLane } from "../tasks/run-task.ts"
import { runDeliver } from "./deliver.ts"
import type { News } from "./news.ts"
import { runNotify } from "./plan-deliveries.ts"

export const runNews = (news: News) =>
  carryingOut(news.onIncident, {
    attempt: ofAnotherLane,
    authenticate: ofAnotherLane,
    expire_authorization: ofAnotherLane,
    expire_challenge: ofAnotherLane,
    verify_card: ofAnotherLane,
    settle: ofAnotherLane,
    expire_checkout: ofAnotherLane,
    follow_payment: ofAnotherLane,
    assign_address: ofAnotherLane,
    watch_deposits: ofAnotherLane,
    expire_intent: ofAnotherLane,
    refund_transfer: ofAnotherLane,
    submit_cross_border: ofAnotherLane,
    follow_cross_border: ofAnotherLane,
    pay_out: ofAnotherLane,
    expire_cross_border: ofAnotherLane,
    broadcast_transaction: ofAnotherLane,
    expire_transaction: ofAnotherLane,
    submit_rfi: ofAnotherLane,
    expire_rfi: ofAnotherLane,
    notify: (task) => runNotify(news, task),
    deliver: (task) => runDeliver(news, task)
  })
