/** When the judge may come: nothing is under way, all that can be settled is, and the next settlement is a while off. */
import { pause } from "@paykernel/four-books/polling"
import pg from "pg"

/** After so long nothing may be leased, unknown, or waiting for anything but its hour. */
const restLimitMs = 60_000

/** Resolves with how long it took until nothing was left, settlements aside. Rejects with what is left after a minute. */
export const untilAtRest = async (databaseUrl: string, quietMs: number): Promise<number> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const restMs = await untilNothingIsOpen(client)
    const settles = await settlementsDue(client)
    for (;;) {
      const now = await settlementsDue(client)
      const isOver = now.every(({ id, due, state }) => {
        const before = settles.find((one) => one.id === id)
        // One that began before all payments had come to their end may have missed the last of them.
        return state === "ready" && due !== before?.due && Number.parseInt(due, 10) > Date.now() + quietMs
      })
      if (isOver) return restMs
      await pause(100)
    }
  } finally {
    await client.end()
  }
}

const untilNothingIsOpen = async (client: pg.Client): Promise<number> => {
  for (const startMs = Date.now(); ; ) {
    const { rows } = await client.query<{ readonly what: string }>(open)
    const restMs = Date.now() - startMs
    if (rows.length === 0) return restMs
    if (restMs > restLimitMs) throw new Error(`not at rest: ${rows.map(({ what }) => what).join(", ")}`)
    await pause(100)
  }
}

type Settle = { readonly id: string; readonly due: string; readonly state: string }

const settlementsDue = async (client: pg.Client): Promise<ReadonlyArray<Settle>> =>
  (await client.query<Settle>("select id, due_at_ms::text as due, state from paykernel_task where kind = 'settle'"))
    .rows

const open = `
  select kind || ' ' || id || ' ' || state || coalesce(' ' || why, '') as what from paykernel_task
    where state <> 'done' and kind not in ('settle', 'expire_authorization', 'expire_challenge')
  union all
  select 'payment ' || id || ' ' || (state::jsonb ->> 'status') from paykernel_aggregate
    where type = 'payment' and (state::jsonb ->> 'status' in ('pending', 'action_required')
      or state::jsonb @? '$.attempts[*] ? (@.status == "planned" || @.status == "sending" || @.status == "unknown")'
      or state::jsonb @? '$.reversals[*] ? (@.status == "pending")')
  limit 20`
