/** A card as `/v1` shows it. */
import type { Card, CardHolder } from "@paykernel/core"
import type { CardBody, SimpleCardBody } from "./card.schema.ts"
import { isoDate } from "./iso-date.ts"

export const renderCard = (card: Card): CardBody => ({
  id: card.id,
  status: statusOf(card),
  billingDetails: billingDetails(card),
  expMonth: card.expMonth,
  expYear: card.expYear,
  network: card.network,
  last4: card.last4,
  bin: card.bin,
  ...(card.issuerCountry === null ? {} : { issuerCountry: card.issuerCountry }),
  fundingType: card.fundingType,
  fingerprint: card.fingerprint,
  ...(card.errorCode === null ? {} : { errorCode: card.errorCode }),
  verification: { avs: card.avs, cvv: card.cvv },
  ...denial(card.risk),
  metadata: renderMetadata(card.holder),
  createDate: isoDate(card.createdAtMs),
  updateDate: isoDate(card.updatedAtMs)
})

/** In a list a card is shown without what belongs to its holder. */
export const renderSimpleCard = (card: Card): SimpleCardBody => {
  const { last4, errorCode, metadata, ...shown } = renderCard(card)
  const { country, district } = card.billingDetails
  return { ...shown, billingDetails: { country, district: district ?? "" } }
}

export const renderMetadata = ({ email, phoneNumber }: Pick<CardHolder, "email" | "phoneNumber">) => ({
  email,
  ...(phoneNumber === null ? {} : { phoneNumber })
})

/** Only a denial is published. */
export const denial = (risk: Card["risk"]) =>
  risk?.decision === "denied" ? { riskEvaluation: { decision: risk.decision, reason: risk.reason } } : {}

const statusOf = ({ status }: Card): CardBody["status"] => {
  if (status === "none") throw new Error("a card that does not exist cannot be shown")
  if (status === "presented") throw new Error("a card that was not saved cannot be shown")
  return status
}

const billingDetails = ({ billingDetails: details }: Card): CardBody["billingDetails"] => ({
  name: details.name,
  city: details.city,
  country: details.country,
  line1: details.line1,
  ...(details.line2 === null ? {} : { line2: details.line2 }),
  ...(details.district === null ? {} : { district: details.district }),
  postalCode: details.postalCode
})
