/** A gateway that is asked over HTTP is as good as the one behind it: the suite of the port, through a real socket. */
import { gatewayDescription, gatewayHandler, httpGateway } from "@paykernel/adapters-http/gateway"
import { describeGateway } from "@paykernel/core/testing"
import { cardOf, nextKey, openBank, run, secret } from "./bank.ts"
import { serve } from "./http-server.ts"

describeGateway("the sandbox gateway behind HTTP", async () => {
  const bank = openBank()
  const server = await serve(gatewayHandler({ gateway: bank.gateway, secret }).fetch)
  const { capabilities } = await gatewayDescription({ url: server.url, secret }, 5000)
  return {
    gateway: httpGateway({ url: server.url, secret, capabilities }),
    approvedCard: () => cardOf(),
    currency: "USD",
    nextKey,
    merchantId: "merchant-1",
    declined: { card: () => cardOf("4000000000000002"), amount: { amount: 1000n, currency: "USD" } },
    effects: async () => bank.journal(),
    close: async () => {
      await server.close()
      await run(bank.close)
    }
  }
})
