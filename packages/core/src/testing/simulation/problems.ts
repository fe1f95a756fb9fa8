/** What a simulation holds against the kernel. The invariant names the kind of failure, by which a schedule is shrunk. */

/**
 * I1 no double charge · I3 the ledger balances · I4 refunded ≤ captured ≤ authorized · I5 only legal moves · I6 nothing
 * acknowledged is lost · I7 the same key, the same answer · I9 nothing stays stuck · I10 no card data at rest · TRUTH the
 * books say what the bank did · FENCE who has lost a task writes nothing · RESEND nothing is sent again blindly · FORGED nothing forged is believed · MANUAL a person
 * is called for a reason · DEFECT a call ended as none may.
 */
export type Invariant =
  | "I1"
  | "I3"
  | "I4"
  | "I5"
  | "I6"
  | "I7"
  | "I9"
  | "I10"
  | "TRUTH"
  | "FENCE"
  | "RESEND"
  | "FORGED"
  | "MANUAL"
  | "DEFECT"

export type Problem = { readonly invariant: Invariant; readonly what: string; readonly atMs: number }

export type Report = (invariant: Invariant, what: string) => void
