/** Written by `pnpm hosted-script`: every script that a hosted page loads, and there is no other. */
export const scriptInventory = [
  {
    "path": "payment-page.7765f78d9088becb.js",
    "integrity": "sha384-d2X3jZCIvsthvIowhumqBBPwW4pdLcvyliYZOOsNNJ44Mu7MlyitXMtMj4V4Cx2t",
    "bytes": 375086,
    "reason": "Checks the card form, encrypts the card with OpenPGP.js in the browser, posts it, shows the outcome."
  }
] as const
