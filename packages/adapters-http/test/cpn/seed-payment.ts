/** The example of a payment that the API was published with: each value by the kind of text that it is. */

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const text = /./u
const date = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/u
const usdc = { amount: /^\d+\.\d{6}$/u, currency: /^USDC$/u }
const rfiStatus = /^(?:INFORMATION_REQUIRED|IN_REVIEW|APPROVED|REJECTED)$/u
const key32 = /^[\w-]{43}$/u

export type Shape = RegExp | { readonly [name: string]: Shape } | readonly [Shape]

export const seedPayment = {
  id: uuid,
  quoteId: uuid,
  paymentMethodType: /^SPEI$/u,
  blockchain: /^ETH-SEPOLIA$/u,
  senderAddress: /^0x[0-9a-fA-F]{40}$/u,
  refCode: text,
  customerRefId: text,
  beneficiaryRefId: text,
  fiatNetworkPaymentRef: text,
  expireDate: date,
  createDate: date,
  status: /^(?:CREATED|CRYPTO_FUNDS_PENDING|FIAT_PAYMENT_INITIATED|COMPLETED|FAILED)$/u,
  failureReason: /^[A-Z_]+$/u,
  failureCode: /^PM\d{5}$/u,
  useCase: /^B2B$/u,
  reasonForPayment: /^PMT\d{3}$/u,
  activeRfi: {
    id: uuid,
    paymentId: uuid,
    status: rfiStatus,
    level: /^LEVEL_[123]$/u,
    expireDate: date,
    certificate: {
      id: uuid,
      domain: /^[a-z.]+$/u,
      jwk: { crv: /^P-256$/u, kid: /^\d+$/u, kty: /^EC$/u, x: key32, y: key32 }
    },
    fieldRequirements: {
      version: /^1$/u,
      schema: { $schema: text, title: text, description: text, type: /^object$/u, required: [text] }
    },
    fileRequirements: [/^[A-Z_]+$/u]
  },
  rfis: [{ id: uuid, status: rfiStatus }],
  onChainTransactions: [{ id: uuid, status: /^(?:CREATED|PENDING|BROADCASTED|COMPLETED|FAILED)$/u }],
  sourceAmount: usdc,
  destinationAmount: { amount: /^\d+\.\d{2}$/u, currency: /^MXN$/u },
  fees: {
    breakdown: [{ amount: usdc, type: /^(?:TAX|BFI_TRANSACTION|CIRCLE_SERVICE|BLOCKCHAIN_GAS)_FEE$/u }],
    totalAmount: usdc
  },
  fiatSettlementTime: { max: /^\d+$/u, min: /^\d+$/u, unit: /^(?:MINUTES|HOURS|DAYS|WEEKS)$/u },
  refunds: [{ id: uuid, status: /^(?:CREATED|COMPLETED|FAILED)$/u, amount: usdc, transactionHash: text }]
} as const satisfies Shape

/** What later versions of the form have added, and keywords of the schema that depend on what is asked. */
const added: ReadonlySet<string> = new Set([
  "refundAddress",
  "activeRfi.certificate.certPem",
  "activeRfi.optionalFileRequirements",
  "activeRfi.fieldRequirements.schema.properties",
  "activeRfi.fieldRequirements.schema.$defs"
])

/** Where a value is not of a shape: unknown names, and texts of another format. What is missing is not said. */
export const misfits = (value: unknown, shape: Shape, path = ""): ReadonlyArray<string> => {
  if (shape instanceof RegExp) return isPlain(value) && shape.test(String(value)) ? [] : [path]
  if (isListShape(shape)) return Array.isArray(value) ? value.flatMap((one) => misfits(one, shape[0], path)) : [path]
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`
    const expected = shape[name]
    if (expected === undefined) return added.has(at) ? [] : [`${at} is unknown`]
    return misfits(member, expected, at)
  })
}

/** The paths at which a value has something. */
export const pathsIn = (value: unknown, path = ""): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap((one) => pathsIn(one, path))
  if (typeof value !== "object" || value === null) return [path]
  return Object.entries(value).flatMap(([name, member]) => pathsIn(member, path === "" ? name : `${path}.${name}`))
}

/** The paths at which a shape expects something. */
export const pathsOf = (shape: Shape, path = ""): ReadonlyArray<string> => {
  if (shape instanceof RegExp) return [path]
  if (isListShape(shape)) return pathsOf(shape[0], path)
  return Object.entries(shape).flatMap(([name, member]) => pathsOf(member, path === "" ? name : `${path}.${name}`))
}

const isListShape = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

const isPlain = (value: unknown): boolean => typeof value === "string" || typeof value === "number"
