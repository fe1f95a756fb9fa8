/** The merchant dashboard: for a host that serves it. */

export { type DashboardOptions, dashboard } from "./dashboard.ts"
export {
  type Account,
  type Accounts,
  accountEmail,
  hashPassword,
  memoryAccounts,
  passwordCost
} from "./door/accounts.ts"
export { type MemorySessionsOptions, memorySessions, type SessionRecord, type Sessions } from "./door/sessions.ts"
