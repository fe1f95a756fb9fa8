/** The simulated payout network of the sandbox, with its key and its book in files. */
import { join } from "node:path"
import { systemIds } from "@paykernel/core"
import {
  generateNetworkKey,
  type NetworkKeyMaterial,
  openNetworkKey,
  type SimulatedPayoutNetwork,
  simulatedPayoutNetwork
} from "@paykernel/core/simulator"
import { openNetworkFileJournal } from "@paykernel/core/simulator/file-journal"
import { privateFile } from "./private-file.ts"

export type SandboxPayoutNetwork = SimulatedPayoutNetwork & {
  /** Whether the institution in a country takes payments from now on. */
  readonly setOpen: (country: string, isOpen: boolean) => void
}

export type PayoutNetworkOptions = {
  readonly sandboxDir: string
  readonly clock: { readonly nowMs: () => number }
  readonly onClose: (close: () => unknown) => void
}

/** Who signs for the institutions of the sandbox. */
const domain = "institution.sandbox.example"

export const openPayoutNetwork = async ({
  sandboxDir,
  clock,
  onClose
}: PayoutNetworkOptions): Promise<SandboxPayoutNetwork> => {
  const text = await privateFile(join(sandboxDir, "payout-network-key.json"), async () =>
    JSON.stringify(await generateNetworkKey())
  )
  const key = await openNetworkKey(materialIn(text), { domain, nowMs: clock.nowMs() })
  const journal = await openNetworkFileJournal(join(sandboxDir, "payout-network-journal.jsonl"))
  onClose(journal.close)
  const closed = new Set<string>()
  const network = simulatedPayoutNetwork({
    journal,
    key,
    clock,
    ids: systemIds,
    random: Math.random,
    isOpen: ({ destinationCountry }) => !closed.has(destinationCountry)
  })
  return {
    ...network,
    setOpen: (country, isOpen) => {
      if (isOpen) closed.delete(country)
      else closed.add(country)
    }
  }
}

const materialIn = (text: string): NetworkKeyMaterial => {
  const { kty, crv, x, y, d } = JSON.parse(text)
  if (kty !== "EC" || crv !== "P-256" || ![x, y, d].every((one) => typeof one === "string")) {
    throw new Error("the key of the payout network cannot be read")
  }
  return { kty, crv, x, y, d }
}
