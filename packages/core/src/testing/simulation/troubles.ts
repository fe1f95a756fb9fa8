/** Which trouble a call to the outside meets, as the weather has it: chains and payout networks are struck alike. */
import type { Fault, PortCall } from "../../ports/fault-points.ts"
import type { Surroundings } from "./process.ts"

/** The faults that show on this side of a call. Others only show in what is answered. */
const faultOf: { readonly [trouble: string]: Fault | undefined } = {
  down: "unavailable",
  "drop-before": "request lost",
  "execute-drop": "answer lost",
  late: "answer lost"
}

export type Troubled<Trouble extends string> = {
  readonly troubles: ReadonlyArray<Trouble>
  /** Of all calls, how many meet one: from 0 to 1. */
  readonly rate: number
}

/** `possible`: the troubles that a call of this kind can meet. */
export const meetTrouble = <Trouble extends string>(
  { dice, trace, coverage }: Pick<Surroundings, "dice" | "trace" | "coverage">,
  call: PortCall,
  { troubles, rate }: Troubled<Trouble>,
  possible: ReadonlyArray<NoInfer<Trouble>>
): { readonly trouble: Trouble | "normal"; readonly fault: Fault | undefined } => {
  const fitting = troubles.filter((one) => possible.includes(one))
  const trouble = dice.chance(rate) ? (dice.any(fitting) ?? "normal") : "normal"
  trace.note(trouble)
  const fault = faultOf[trouble]
  if (fault !== undefined) coverage.struck(`${call}: ${fault}`)
  return { trouble, fault }
}
