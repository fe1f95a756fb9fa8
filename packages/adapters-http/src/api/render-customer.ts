/** A customer as `/api` shows one: only what is known. */
import type { Customer } from "@paykernel/core"
import type { Written } from "./json-text.ts"

type Field = { readonly [name: string]: Written | undefined }

/** `undefined` where nothing was said about the customer. */
export const renderCustomer = (customer: Customer | null): Field | undefined => {
  if (customer === null) return undefined
  const { name, email, phone, address } = customer
  return known({
    name,
    email,
    phone,
    address:
      address === null
        ? null
        : known({
            line1: address.line1,
            city: address.city,
            state: address.state,
            postal_code: address.postalCode,
            country: address.country
          })
  })
}

/** The merchant's own data as it came; `undefined` where there was none. */
export const renderMetadata = (metadata: string | null): Written | undefined =>
  metadata === null ? undefined : JSON.parse(metadata)

const known = (fields: { readonly [name: string]: Written | null | undefined }): Field =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
