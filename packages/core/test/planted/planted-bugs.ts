/** Every planted bug. What is not in this table is not known to be noticed. */
import type { PlantedBug } from "./planted-bug.ts"
import { plantedDeciders } from "./planted-deciders.ts"
import { plantedFees } from "./planted-fees.ts"
import { plantedServices } from "./planted-services.ts"
import { plantedStores } from "./planted-stores.ts"

export const plantedBugs: ReadonlyArray<PlantedBug> = [
  ...plantedFees,
  ...plantedDeciders,
  ...plantedStores,
  ...plantedServices
]
