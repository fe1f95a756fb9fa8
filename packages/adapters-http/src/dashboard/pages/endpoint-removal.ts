/** An endpoint is told nothing more. Asked for once again before: a shop may hear of its payments by nothing else. */
import { defaultEndpointId, type Endpoint } from "@paykernel/core"
import { html, theirs } from "../view/markup.ts"
import { card, facts, heading } from "../view/parts.ts"
import { missing, notFound, page, type Reply, redirect } from "../view/reply.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"

const ask = async ({ webhooks }: Desk, visit: Visit): Promise<Reply> => {
  if (webhooks === null) return notFound
  const found = await webhooks.api.endpoints.get(visit.merchant.id, visit.param("endpoint"))
  if (!found.ok) return missing(found.error)
  return isRemovable(found.value) ? confirmPage(visit, found.value) : notFound
}

const remove = async ({ webhooks }: Desk, visit: Visit): Promise<Reply> => {
  if (webhooks === null) return notFound
  const removed = await webhooks.api.endpoints.remove(visit.merchant.id, visit.param("endpoint"))
  return removed.ok ? redirect("/settings/webhooks?done=remove") : missing(removed.error)
}

export const endpointRemovalRoutes = [
  get("/settings/webhooks/:endpoint/remove", ask),
  post("/settings/webhooks/:endpoint/remove", remove)
]

/** The default endpoint stays, since its secret signs what goes to the addresses of single payments; its address goes. */
export const isRemovable = ({ id, url }: Endpoint): boolean => id !== defaultEndpointId || url !== null

const confirmPage = ({ href, fields }: Visit, { id, url }: Endpoint): Reply => {
  const back = href(`/settings/webhooks/${id}`)
  return page(
    "Remove endpoint",
    html`${heading({ title: "Remove this endpoint?", back: { href: back, text: "Endpoint" } })}
${card(
  "Please confirm",
  html`${facts([
    ["Address", url === null ? "None yet" : theirs(url, 300)],
    ["What happens", id === defaultEndpointId ? withoutAddress : gone]
  ])}
<form method="post" action="${href(`/settings/webhooks/${id}/remove`)}">${fields()}
<div class="buttons"><button class="bad">Remove endpoint</button><a class="button" href="${back}">Do nothing</a></div>
</form>`
)}`
  )
}

const gone = "Nothing is sent there any more, and its secret is forgotten. This cannot be undone."
const withoutAddress =
  "Nothing is sent there any more. Addresses that you name with single payments are still told, and the secret stays."
