/** A sender with a key and a certificate of its own, as SNS has them, made once: RSA keys take a second. */
import { generateSnsKey, snsCertificates } from "@paykernel/webhooks"

export const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0)
export const certificateUrl = "https://hooks.paykernel.example/certificates/1.pem"
export const topicArn = "arn:aws:sns:us-east-1:908968368384:prod_platform-notifications-topic"

const dayMs = 24 * 60 * 60 * 1000

let made: ReturnType<typeof generateSnsKey> | undefined

export const ownKey = (): ReturnType<typeof generateSnsKey> => {
  made ??= generateSnsKey({ commonName: "hooks.paykernel.example", nowMs: nowMs - dayMs, validMs: 365 * dayMs })
  return made
}

/** Certificates of which there is the one, at its address. */
export const ownCertificates = async () => {
  const { certificate } = await ownKey()
  return snsCertificates({
    lookUp: async (url) => (url === certificateUrl ? certificate : undefined),
    allowHost: (host) => host === "hooks.paykernel.example"
  })
}
