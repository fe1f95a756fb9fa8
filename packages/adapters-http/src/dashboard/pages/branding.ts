/** How the payment pages look, and where payers may be sent from them: looked at before it is kept. */
import type { MerchantProfile } from "@paykernel/core"
import { Merchant } from "@paykernel/core/domain"
import { toBase64 } from "../../base64.ts"
import { brandOf } from "../../hosted/brand-colour.ts"
import { displayable } from "../../hosted/html-text.ts"
import { pictureFormBytesMax } from "../door/form.ts"
import { flag, type Html, html, nothing } from "../view/markup.ts"
import { card, heading, input, notice } from "../view/parts.ts"
import { missing, page, type Reply, redirect } from "../view/reply.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"

const showBranding = async (_desk: Desk, visit: Visit): Promise<Reply> => {
  const message =
    visit.query("done") === "save" ? notice("good", "Your payment pages look like this from now on.") : nothing
  return brandingPage(visit, visit.merchant.profile, message)
}

/** One form with two buttons: one to look, one to keep. */
const changeBranding = async ({ kernel }: Desk, visit: Visit): Promise<Reply> => {
  const read = await profileOf(visit)
  if (typeof read === "string") return brandingPage(visit, visit.merchant.profile, notice("bad", read), 422)
  const fault = Merchant.profileFault(read)
  if (fault !== undefined) return brandingPage(visit, read, notice("bad", faultWords(fault)), 422)
  if (visit.form.text("act") !== "save") {
    return brandingPage(visit, read, notice("info", "This is how it would look. It is not saved yet."))
  }
  const changed = await kernel.merchants.changeProfile(visit.merchant.id, read)
  if (changed.ok) return redirect("/settings/branding?done=save")
  if (changed.error._tag === "ProfileInvalid") {
    return brandingPage(visit, read, notice("bad", faultWords(changed.error.reason)), 422)
  }
  return missing(changed.error)
}

export const brandingRoutes = [
  get("/settings/branding", showBranding),
  post("/settings/branding", changeBranding, { bytesMax: pictureFormBytesMax })
]

const pictureTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"]
const pictureBytesMax = 48 * 1024

const profileOf = async ({ form }: Visit): Promise<MerchantProfile | string> => {
  const file = form.file("logo")
  if (file !== undefined && !pictureTypes.includes(file.type)) return "The logo has to be PNG, JPEG, GIF, WebP or SVG."
  if (file !== undefined && file.size > pictureBytesMax) return "The logo has to be smaller than 48 KiB."
  const chosen = file === undefined ? form.text("logoBefore") : await dataUrlOf(file)
  return {
    displayName: form.text("displayName").trim() || null,
    logoUrl: form.text("noLogo") === "yes" ? null : chosen || null,
    colour: form.text("ownColour") === "yes" ? form.text("colour").toLowerCase() : null,
    returnOrigins: form
      .text("returnOrigins")
      .split(/[\s,]+/u)
      .filter((origin) => origin !== "")
      .map((origin) => origin.replace(/\/$/u, ""))
  }
}

const dataUrlOf = async (file: Blob): Promise<string> =>
  `data:${file.type};base64,${toBase64(new Uint8Array(await file.arrayBuffer()))}`

/** The kernel's reasons begin with the name of a field. */
const faultWords = (reason: string): string => {
  const field = /^[A-Za-z]+/u.exec(reason)?.[0] ?? ""
  return faults[field] ?? "That cannot be saved."
}

const faults: Readonly<Record<string, string | undefined>> = {
  displayName: "A name is 1 to 80 characters that can be seen.",
  logoUrl: "The logo has to be a picture of less than 48 KiB.",
  colour: "A colour is of the form #rrggbb.",
  returnOrigins: `At most ${Merchant.returnOriginsMax} origins, such as https://shop.example: https, or http of
localhost, and without a path.`
}

const brandingPage = (visit: Visit, profile: MerchantProfile, message: Html, status = 200): Reply => {
  const { merchant, format } = visit
  const brand = brandOf(profile.colour)
  const amount = format.money({ amount: 4_200n, currency: merchant.terms.minAmount.currency })
  return page(
    "Branding",
    html`${heading({ title: "Branding", lead: "How your payment pages look, and where they may lead." })}
${message}
<div class="halves">
${card("Your brand", brandForm(visit, profile))}
${card("Preview", preview(displayable(profile.displayName ?? merchant.name, 80), profile, amount))}
</div>`,
    {
      status,
      style: `.preview-head { color: ${brand.onColour}; background: ${brand.colour} }
.preview-button { color: ${brand.onColour}; background: ${brand.colour}; border: 1px solid ${brand.accent} }`
    }
  )
}

const brandForm = ({ href, fields, merchant }: Visit, profile: MerchantProfile): Html => {
  const { displayName, logoUrl, colour, returnOrigins } = profile
  return html`<form class="form" method="post" enctype="multipart/form-data" action="${href("/settings/branding")}">
${fields()}
${input({
  name: "displayName",
  label: "Name on payment pages",
  value: displayName ?? "",
  lengthMax: 80,
  hint: `Left empty, it is “${displayable(merchant.name, 80)}”.`
})}
<label class="field"><span>Logo</span><input type="file" name="logo" accept="${pictureTypes.join(",")}"></label>
<p class="hint">A square picture of less than 48 KiB. ${
    logoUrl === null ? "There is none yet." : "Left empty, it stays as it is."
  }</p>
<input type="hidden" name="logoBefore" value="${logoUrl ?? ""}">
${logoUrl === null ? nothing : noLogo}
<fieldset><legend>Colour</legend>
<label class="choice"><input type="checkbox" name="ownColour" value="yes"${flag("checked", colour !== null)}>Use a
colour of your own</label>
<input type="color" name="colour" value="${brandOf(colour).colour}" aria-label="Your colour">
</fieldset>
<label class="field"><span>Return origins</span>
<textarea name="returnOrigins" maxlength="8192" spellcheck="false"
aria-describedby="returnOrigins-hint">${returnOrigins.join("\n")}</textarea></label>
<p class="hint" id="returnOrigins-hint">Sites to which payers may be sent back, one in a line, such as
https://shop.example</p>
<div class="buttons"><button class="main" name="act" value="save">Save</button>
<button name="act" value="preview">Preview</button></div>
</form>`
}

const noLogo = html`<label class="choice"><input type="checkbox" name="noLogo" value="yes">Show no logo</label>`

const preview = (name: string, { logoUrl }: MerchantProfile, amount: string): Html => html`<div class="preview">
<div class="preview-head">
<p class="preview-shop">${
  logoUrl === null || Merchant.profileFault({ ...Merchant.noProfile, logoUrl }) !== undefined
    ? nothing
    : html`<img src="${logoUrl}" alt="Your logo" width="44" height="44">`
}<bdi>${name}</bdi></p>
<p class="preview-amount">${amount}</p>
<p>Premium subscription</p>
</div>
<div class="preview-body" aria-hidden="true">
<div class="preview-field"></div><div class="preview-field"></div>
<div class="preview-button">Pay ${amount}</div>
</div>
</div>`
