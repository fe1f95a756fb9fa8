/** Each of the three belts alone, on PostgreSQL: what another program may do to the rows is done with SQL. */
import { describeBelts } from "@paykernel/core/testing"
import { freshDatabase } from "@paykernel/test-postgres"
import { postgresStore } from "./postgres-store.ts"

describeBelts("the PostgreSQL store", async () => {
  const { url, drop } = await freshDatabase()
  const { store, pool, close } = await postgresStore({ url })
  const run = async (text: string, values: ReadonlyArray<string | number> = []): Promise<void> => {
    await pool.query(text, [...values])
  }
  return {
    store,
    close: async () => {
      await close()
      await drop()
    },
    switches: {
      pretendVersion: (version) => run("update paykernel_aggregate set version = $1", [version]),
      overwriteBounds: ({ merchantId, type, id }, { authorized, captured, refunded }) =>
        run(
          `update paykernel_aggregate set authorized = $4, captured = $5, refunded = $6
           where merchant_id = $1 and type = $2 and id = $3`,
          [merchantId, type, id, authorized.toString(), captured.toString(), refunded.toString()]
        ),
      dropChecks: () =>
        run(`alter table paykernel_aggregate drop constraint "0 <= refunded <= captured <= authorized"`),
      forgetHistory: () => run("delete from paykernel_event")
    }
  }
})
