/** Schedules that once failed, shrunk to what their failure needed, each by the name of what it found. */
import { parseSchedule, replay } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"

const schedules: { readonly [name: string]: string } = {
  // Clocks of two processes differ, so the second success is found at the very millisecond of the first. Its task had the
  // name of the one that was done, and what the bank held stayed there for ever. Seed 417.
  "a late success that is found again at the same time by another clock": `
{"seed":417,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":true,"clocks":true}}
skew 592206137 3000 1000
pay 368801070 3000 1000
skew 763416402 3000 1000
lie 309281590 21 5
fineWeather 727342766 3000 1000
lie 1044105491 3000 1000`,
  // A process waits for a place with a task that another, whose clock is ahead, has taken over and is sending. It took the
  // other's mark for its own and sent the message too. Seed 1000751.
  "a message that waits for its turn, while a process whose clock is ahead sends it": `
{"seed":1000751,"nodes":2,"faults":{"crashes":true,"stalls":false,"store":false,"gateway":true,"services":false,"messages":false,"clocks":true}}
rush 2082016237 3000 1000
blackout 1379396544 3000 1000
cancel 1445437623 3000 1000
updateCard 1070422984 3000 1000
skew 1687808431 3000 1000
pay 824771897 3000 100
rush 82807826 3000 1000
blackout 1788505534 3000 12000`,
  // The process was looking for work while a payment took its only place. When that was free again nobody said so, so what
  // fell due meanwhile, to bring the payment's outcome to its checkout, waited for the next look: for hours here. Seed 47.
  "a task that falls due while the last place is taken, by a process that is just looking for tasks": `
{"seed":47,"nodes":1,"faults":{"crashes":true,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false}}
ambush 2002108105 3000 1000
again 83493113 3000 1000
pay 834776877 17 5
cancel 1407107132 3000 1000
pay 1172715142 3000 1000
payDirectly 1446011913 3000 1000
answer 945090094 3000 1000`,
  // The vault is slow, and the clock of the process is set back: by its own time its lease still holds. Another one has
  // sent the message meanwhile, and the checkout was stepped up. Under a key that was decided nothing moves, which the
  // checker did not see. Seed 1456, with webhooks.
  "a message under a decided key, by a process whose clock is behind, while the next payment is under way": `
{"seed":1456,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":true,"messages":false,"clocks":true,"receivers":false},"webhooks":true}
serviceWeather 902063779 3000 1000
again 2005759287 3000 1000
pay 691652450 3000 12000
payDirectly 1541359638 7 5
look 1384360946 3000 1000
skew 701102235 3000 1000
waitLong 118925184 3000 3600000`
}

describe("what a schedule has found once", () => {
  it.each(Object.entries(schedules))("stays found: %s", async (_, text) => {
    expect((await replay(parseSchedule(text))).problems).toEqual([])
  })
})
