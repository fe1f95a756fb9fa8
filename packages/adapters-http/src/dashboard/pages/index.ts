/** Every page of the dashboard that is for whoever is signed in, by its path. */
import type { Route } from "../visit.ts"
import { apiKeyRoutes } from "./api-keys.ts"
import { balancesRoute } from "./balances.ts"
import { brandingRoutes } from "./branding.ts"
import { checkoutRoutes } from "./checkouts.ts"
import { deliveryRoutes } from "./deliveries.ts"
import { endpointRoutes } from "./endpoint.ts"
import { endpointRemovalRoutes } from "./endpoint-removal.ts"
import { overviewRoute } from "./overview.ts"
import { paymentRoute } from "./payment.ts"
import { paymentActionRoutes } from "./payment-actions.ts"
import { paymentRoutes } from "./payments.ts"
import { settlementRoutes } from "./settlements.ts"
import { webhookRoutes } from "./webhooks.ts"

export const routes: ReadonlyArray<Route> = [
  overviewRoute,
  ...paymentRoutes,
  paymentRoute,
  ...paymentActionRoutes,
  ...checkoutRoutes,
  balancesRoute,
  ...settlementRoutes,
  ...deliveryRoutes,
  ...apiKeyRoutes,
  ...webhookRoutes,
  ...endpointRoutes,
  ...endpointRemovalRoutes,
  ...brandingRoutes
]
