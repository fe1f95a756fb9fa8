/** What every sender of webhooks promises, as tests over a factory. */
import { describeCases, type SuiteCases, type SuiteSkip } from "./suite.ts"
import { type WebhookSenderUnderTest, webhookSenderCases } from "./webhook-sender-cases.ts"

/**
 * Runs the suite of the `WebhookSender` port. `make` is called once per case; `open` plays what a receiver is to do.
 *
 * @example
 * describeWebhookSender("my sender", () => ({ sender: mySender, open: myReceiver }))
 */
export const describeWebhookSender = (
  name: string,
  make: () => Promise<WebhookSenderUnderTest> | WebhookSenderUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a sender of webhooks`, closing(webhookSenderCases), make, skip)

const closing = (cases: SuiteCases<WebhookSenderUnderTest>): SuiteCases<WebhookSenderUnderTest> =>
  Object.fromEntries(
    Object.entries(cases).map(([title, holds]) => [
      title,
      async (subject: WebhookSenderUnderTest) => {
        try {
          await holds(subject)
        } finally {
          await subject.close?.()
        }
      }
    ])
  )
