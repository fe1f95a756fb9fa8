/** Written by `pnpm hosted-script`: every script that a hosted page loads, and there is no other. */
export const scriptInventory = [
  {
    "path": "payment-page.af92e4a6f42b14af.js",
    "integrity": "sha384-r5LkpvQrFK86i0u9iB1R76xi/nNGE8gRxPoxIGQqVyaA5oITA2v0EB7Ol4w4qtmZ",
    "bytes": 375449,
    "reason": "Checks the card form, encrypts the card with OpenPGP.js in the browser, posts it, shows the outcome."
  }
] as const
