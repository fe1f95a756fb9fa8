export { firstDenial } from "./compose.ts"
export { defaultRisk } from "./default-risk.ts"
export {
  approved,
  evaluate,
  noRiskRules,
  type RiskCounts,
  type RiskReason,
  type RiskRules,
  type RiskSubject,
  type VelocityLimit,
  type VelocityLimits
} from "./rules.ts"
