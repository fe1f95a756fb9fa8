/** Whether the merchant's webhook has been told, as far as answers say it. */
import type { Checkout } from "@paykernel/core"

/** There is something to tell once the checkout has come to an end, and somebody to tell it to. */
export const webhookQueued = ({ webhookUrl, endedAtMs }: Checkout): boolean => webhookUrl !== null && endedAtMs !== null
