/** The page for a payer whose browser came back from the bank with a token that is not ours, or no longer. */
import { type Answer, html, styleHash } from "../front/answer.ts"

export const returnStateInvalid = async (): Promise<Answer> => html(400, page, await styleHash(style))

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem 1rem }
body { margin: 0 } h1 { font-size: 1.5rem; line-height: 1.2 }
`

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This link is not valid</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>This link is not valid</h1>
<p>The link back from your bank is incomplete, or it was changed on its way. Nothing was charged because of it.</p>
<p>Please go back to the shop: it knows how your payment stands.</p>
</main>
</body>
</html>
`
