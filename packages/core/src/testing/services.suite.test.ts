import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { keyedDigest } from "../application/commit/keyed-digest.ts"
import { systemClock, systemIds } from "../application/system.ts"
import { noCard } from "../card/index.ts"
import { memoryStore } from "../memory/index.ts"
import { noPayment } from "../payment/index.ts"
import { defaultRisk, noRiskRules } from "../risk/index.ts"
import { sandboxRisk } from "../simulator/sandbox-risk.ts"
import { openFileKeyRing } from "../vault/file-key-ring.ts"
import { keyRingFromValues } from "../vault/key-ring.ts"
import { usd } from "./payment-examples.ts"
import { describeClock, describeDigest, describeIds, describeKeyRing, describeRisk } from "./services.suite.ts"

const payment = { ...noPayment, amount: usd(1_000n) }
const blocked = { ...noCard, billingDetails: { ...noCard.billingDetails, country: "KP" } }
const rules = { ...noRiskRules, blockedBillingCountries: ["KP"] }

describeRisk("the rule set", () => ({ risk: defaultRisk(memoryStore(), rules), denied: { card: blocked, payment } }))
describeRisk("the sandbox's risk service", () => {
  const billingDetails = { ...noCard.billingDetails, name: "Risk_3070" }
  return { risk: sandboxRisk(), denied: { card: { ...noCard, billingDetails }, payment } }
})
describeClock("the system clock", () => systemClock)
describeIds("the system's ids", () => systemIds)
describeDigest("the keyed digest", () => keyedDigest(new Uint8Array(32).fill(7)))
describeKeyRing("a ring from values", () => keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
describeKeyRing("a ring from a file", () => {
  const directory = mkdtempSync(join(tmpdir(), "key-ring-"))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return openFileKeyRing(join(directory, "keys.json"))
})
