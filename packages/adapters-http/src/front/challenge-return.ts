/**
 * A payer's browser comes back from the bank. It carries no outcome, so nothing here depends on what it says: it is
 * sent on to the shop, or told that its link is not valid, or where there is no address of a shop.
 */
import type { Kernel } from "@paykernel/core"
import { type Answer, empty, html, styleHash } from "./answer.ts"

/** The answer to the browser; a number of milliseconds where nothing can be said yet. */
export const returnFromChallenge = async (kernel: Kernel, state: string): Promise<Answer | number> => {
  const outcome = await kernel.payments.returnFromChallenge(state)
  if (outcome.ok) {
    const { redirectUrl } = outcome.value
    if (redirectUrl === null) return bankHasAnswered()
    return empty(303, { location: redirectUrl, "referrer-policy": "no-referrer" })
  }
  return outcome.error._tag === "ReturnStateInvalid" ? show(400, invalidLink) : outcome.error.retryAfterMs
}

/** For payers of a merchant who has named no address of his own. */
export const bankHasAnswered = (): Promise<Answer> => show(200, answered)

type Page = { readonly title: string; readonly paragraphs: ReadonlyArray<string> }

const invalidLink: Page = {
  title: "This link is not valid",
  paragraphs: [
    "The link back from your bank was used already, is too old, or was changed on its way. Nothing was charged because of it.",
    "Please go back to the shop: it knows how your payment stands."
  ]
}

const answered: Page = {
  title: "Your bank has answered",
  paragraphs: ["Please go back to the shop: it knows how your payment stands. You may close this page."]
}

const show = async (status: number, page: Page): Promise<Answer> => html(status, text(page), await styleHash(style))

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem 1rem }
body { margin: 0 } h1 { font-size: 1.5rem; line-height: 1.2 }
`

const text = ({ title, paragraphs }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join("\n")}
</main>
</body>
</html>
`
