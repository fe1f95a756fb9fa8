/** Accepting work at a limit: room is kept before the commit, so that what was promised finds its place afterwards. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Store } from "../../ports/store.ts"
import { type Operations, type Reservation, takeUp } from "../operations.ts"
import type { Committed, TransactError } from "./transact.ts"

/**
 * Hands the tasks of a commit over once they are written. The security code laid ready under `code` goes to the task
 * that needs it; where nothing was written it is left whole, since the caller may repeat the request.
 */
export const commitWithRoom = <State, Event, Rejection>(
  operations: Operations,
  room: Reservation | null,
  code: string | null,
  transaction: Effect.Effect<Result.Result<Committed<State, Event>, Rejection>, TransactError, Store>
): Effect.Effect<Result.Result<Committed<State, Event>, Rejection>, TransactError, Store> =>
  Effect.onExit(transaction, (exit) =>
    Effect.sync(() => {
      const written = Exit.isSuccess(exit) && Result.isSuccess(exit.value) ? exit.value.success.tasks : null
      const own = written?.find(({ bornLeased }) => bornLeased !== null)
      if (code !== null) {
        if (own === undefined) operations.cvvs.withdraw(code)
        else operations.cvvs.rename(code, own.id)
      }
      if (written !== null) takeUp(operations, written)
      room?.release()
    })
  )
