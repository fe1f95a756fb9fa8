/** What a simulation holds against the kernel. The invariant names the kind of failure, by which a schedule is shrunk. */

/**
 * I1 no double charge · I3 the ledger balances · I4 refunded ≤ captured ≤ authorized · I5 only legal moves · I6 nothing
 * acknowledged is lost · I7 the same key, the same answer · I8 what happened is told to whoever asked, and to nobody else, in
 * the same words each time · I9 nothing stays stuck · I10 no card number and no secret at rest, and no security code but in
 * the memory that it was given to · TRUTH the books say what the bank did · FENCE who has lost a task writes nothing · LEASE
 * nothing is sent that could outlast the lease of its task · RESEND nothing is sent again blindly · PACE nobody is asked
 * more at once or more often than allowed · WAIT no client waits for the bank, and no receiver for another · FORGED nothing
 * forged is believed · MANUAL a person is called for a reason · DEFECT a call ended as none may.
 */
export type Invariant =
  | "I1"
  | "I3"
  | "I4"
  | "I5"
  | "I6"
  | "I7"
  | "I8"
  | "I9"
  | "I10"
  | "TRUTH"
  | "FENCE"
  | "LEASE"
  | "RESEND"
  | "PACE"
  | "WAIT"
  | "FORGED"
  | "MANUAL"
  | "DEFECT"

export type Problem = { readonly invariant: Invariant; readonly what: string; readonly atMs: number }

export type Report = (invariant: Invariant, what: string) => void
