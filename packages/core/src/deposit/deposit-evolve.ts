import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { Deposit, DepositEvent } from "./deposit.ts"
import { depositMachine } from "./deposit-machine.ts"

/** Before anything happened. The currencies mean nothing until the deposit is seen. */
export const noDeposit: Deposit = {
  status: "none",
  id: "",
  merchantId: "",
  walletId: null,
  intentId: "",
  chain: "",
  transactionHash: "",
  outputIndex: 0,
  address: "",
  addressTag: null,
  amount: zero("USDC"),
  settlementCurrency: "USDC",
  fromAddresses: [],
  late: false,
  block: null,
  replacedBy: null,
  credit: null,
  firstSeenAtMs: 0,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The deposit after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(seenDeposit, { _tag: "DepositDropped", replacedBy: null, atMs: 5 }).status // => "dropped"
 */
export const evolve = (deposit: Deposit, event: DepositEvent): Deposit => {
  const status = follow(depositMachine, deposit.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "DepositSeen": {
      const { _tag, atMs: createdAtMs, ...seen } = event
      return { ...seen, status, block: null, replacedBy: null, credit: null, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "DepositIncluded":
      return { ...deposit, status, block: event.block, updatedAtMs: atMs }
    case "DepositReturnedToPool":
      return { ...deposit, status, block: null, updatedAtMs: atMs }
    case "DepositDropped":
      return { ...deposit, status, block: null, replacedBy: event.replacedBy, updatedAtMs: atMs }
    case "DepositSeenAgain":
      return { ...deposit, status, replacedBy: null, updatedAtMs: atMs }
    case "DepositFinalized":
      return { ...deposit, status, block: event.block, credit: event.credit, updatedAtMs: atMs }
  }
}
