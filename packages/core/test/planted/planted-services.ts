/** Defects of gateways, vaults and the small services: keys that are not keys, places that are not places. */
import { keyedDigest, systemIds } from "@paykernel/core"
import type { CardGateway, Vault } from "@paykernel/core/effect"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { laws } from "@paykernel/core/testing"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import { cardOf } from "../../src/testing/gateway-examples.ts"
import { digestCases, idsCases } from "../../src/testing/services.suite.ts"
import { vaultCases } from "../../src/testing/vault.suite.ts"
import { byLaw, bySuite, type PlantedBug } from "./planted-bug.ts"

type Gateway = CardGateway["Service"]

const bank = (patch: (own: Gateway) => Partial<Gateway>) => (isPlanted: boolean) => {
  let keys = 0
  return async () => {
    const clock = { nowMs: () => 1_795_000_000_000 }
    const challengeUrl = (id: string) => `https://bank.example/${id}`
    const { gateway } = sandboxGateway({
      journal: memoryJournal(),
      clock,
      random: () => 0.5,
      challengeUrl,
      latencyMs: 0
    })
    return {
      gateway: isPlanted ? { ...gateway, ...patch(gateway) } : gateway,
      approvedCard: () => cardOf("4007400000000007"),
      currency: "USD" as const,
      nextKey: () => `key-${++keys}`,
      merchantId: "merchant-1"
    }
  }
}

const freshKeys = bank((own) => {
  let sends = 0
  return {
    send: (operation, timeoutMs) => {
      const key = operation.kind === "authorize" ? operation.key : `${operation.key} again ${++sends}`
      return own.send({ ...operation, key }, timeoutMs)
    }
  }
})

const approvesAll = bank((own) => ({
  send: (operation, timeoutMs) =>
    operation.kind === "authorize"
      ? own.send(operation, timeoutMs)
      : Effect.succeed({
          _tag: "Approved",
          reference: "r",
          amount: operation.amount,
          avs: "Y",
          cvv: "not_requested"
        } as const)
}))

const otherEcho = bank((own) => ({
  send: (operation, timeoutMs) =>
    Effect.map(own.send(operation, timeoutMs), (reply) =>
      reply._tag === "Approved" ? { ...reply, amount: { ...reply.amount, amount: reply.amount.amount + 1n } } : reply
    )
}))

type VaultPort = Vault["Service"]

const vault = (patch: (own: VaultPort) => Partial<VaultPort>) => async (isPlanted: boolean) => {
  const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
  return { vault: isPlanted ? { ...own, ...patch(own) } : own, rotate: rotated }
}

const rotated = async () => {
  const keys = ["A", "B"].map((letter, place) => ({ id: `k${place + 1}`, key: `${letter.repeat(42)}A` }))
  return envelopeVault(await keyRingFromValues(keys))
}

const anywhere = vault((own) => {
  const place = { merchantId: "any", recordId: "any", field: "any" }
  return {
    seal: (secret) => own.seal(secret, place),
    open: (sealed) => own.open(sealed, place),
    rewrap: (sealed) => own.rewrap(sealed, place)
  }
})

const sameSeal = vault((own) => {
  const sealed = new Map<string, string>()
  return {
    seal: (secret, place) => {
      const name = typeof secret === "string" ? secret : secret.reveal()
      const kept = sealed.get(name)
      if (kept !== undefined) return Effect.succeed(kept)
      return Effect.tap(own.seal(secret, place), (text) => Effect.sync(() => sealed.set(name, text)))
    }
  }
})

const digest = keyedDigest(new Uint8Array(32).fill(7))

export const plantedServices: ReadonlyArray<PlantedBug> = [
  byLaw("a repeated message goes out under a new gateway key", "laws.oneVerdictPerKey", (isPlanted) =>
    laws.oneVerdictPerKey(freshKeys(isPlanted))
  ),
  byLaw("a gateway approves whatever follows an authorization", "laws.neverOverspends", (isPlanted) =>
    laws.neverOverspends(approvesAll(isPlanted))
  ),
  byLaw("a gateway's echo of another amount is believed", "laws.neverOverspends", (isPlanted) =>
    laws.neverOverspends(otherEcho(isPlanted))
  ),
  bySuite("a card number opens at any place", "describeVault", vaultCases, anywhere),
  bySuite("the same card number is sealed to the same text", "describeVault", vaultCases, sameSeal),
  bySuite("ids of one millisecond repeat", "describeIds", idsCases, (isPlanted) =>
    isPlanted
      ? {
          next: (nowMs: number) =>
            systemIds
              .next(nowMs)
              .replace(/.{12}$/u, "000000000000")
              .replace(/-7.../u, "-7000")
              .replace(/-[89ab]...-/u, "-8000-")
        }
      : systemIds
  ),
  bySuite("a digest does not know what it is for", "describeDigest", digestCases, (isPlanted) =>
    isPlanted ? { of: (_: string, text: string) => digest.of("fingerprint", text) } : digest
  )
]
