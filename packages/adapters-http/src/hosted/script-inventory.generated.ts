/** Written by `pnpm hosted-script`: every script that a hosted page loads, and there is no other. */
export const scriptInventory = [
  {
    "path": "payment-page.b582ddf912293bd3.js",
    "integrity": "sha384-tYLd+RIpO9O6Nc/YOjcRo1n6gwPpMrvbqWJauqgDMISDs1ZwiK8epzro/qJufrtq",
    "bytes": 375330,
    "reason": "Checks the card form, encrypts the card with OpenPGP.js in the browser, posts it, shows the outcome."
  }
] as const
