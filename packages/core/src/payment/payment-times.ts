/** The deadlines of a card payment, counted from its creation. */

/** An uncaptured authorization runs out after 6 days and 18 hours. */
export const authorizationLifetimeMs = (6 * 24 + 18) * 3_600_000

/** A 3-D Secure challenge runs out after 15 minutes. */
export const challengeLifetimeMs = 15 * 60_000
