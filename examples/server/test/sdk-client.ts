/** The official SDK, with the contract as a witness of every answer that it gets. */
import { Circle } from "@circle-fin/circle-sdk"
import { isObject, textAt, valueAt } from "@paykernel/four-books/json-reading"
import type { Exchange, SdkContract } from "./sdk-contract.ts"

/** An unmodified SDK; each of its calls also fails where the answer is not as described. */
export const sdkClient = (address: string, apiKey: string, contract: SdkContract): Circle =>
  witnessed(new Circle(apiKey, address), contract)

/** The refusal that a call ends in. Throws where it is not refused. */
export const refusalOf = async (
  call: Promise<unknown>
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const response = await call.then(
    () => undefined,
    (error: unknown) => valueAt(error, "response")
  )
  const { status, body } = exchangeOf(response)
  return { status, body }
}

const witnessed = <Api extends object>(api: Api, contract: SdkContract): Api =>
  new Proxy(api, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member === "function") {
        return async (...args: ReadonlyArray<unknown>): Promise<unknown> => {
          try {
            const response: unknown = await Reflect.apply(member, target, args)
            contract.check(exchangeOf(response))
            return response
          } catch (error) {
            const response = valueAt(error, "response")
            if (response !== undefined) contract.check(exchangeOf(response))
            throw error
          }
        }
      }
      return isObject(member) ? witnessed(member, contract) : member
    }
  })

/** An axios response, as far as it concerns the contract. */
const exchangeOf = (response: unknown): Exchange => {
  const status = valueAt(response, "status")
  if (typeof status !== "number") throw new Error("the call was not answered")
  return {
    method: textAt(response, "config", "method").toUpperCase(),
    path: new URL(textAt(response, "config", "url")).pathname,
    status,
    body: valueAt(response, "data")
  }
}
