/** The page in front of all others. It says nothing about who there is. */
import { type Html, html, nothing } from "../view/markup.ts"
import { input, notice } from "../view/parts.ts"

export type SignInParts = {
  readonly action: string
  /** Where to go afterwards: a path of the dashboard. */
  readonly to: string
  readonly email: string
  readonly message: Html | null
}

export const signInForm = ({ action, to, email, message }: SignInParts): Html => html`<div class="card">
<header class="page-head"><h1>Sign in</h1><p class="lead">to your payments dashboard</p></header>
${message ?? nothing}
<form class="form" method="post" action="${action}">
<input type="hidden" name="to" value="${to}">
${input({
  name: "email",
  label: "Email",
  type: "email",
  value: email,
  lengthMax: 254,
  more: html` autocomplete="username" required autofocus`
})}
${input({
  name: "password",
  label: "Password",
  type: "password",
  lengthMax: 1024,
  more: html` autocomplete="current-password" required`
})}
<button class="main">Sign in</button>
</form>
</div>`

export const refused: Html = notice("bad", "That email and password do not match.")

export const waiting = (waitMs: number): Html => {
  const seconds = Math.ceil(waitMs / 1000)
  const span = seconds < 60 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.ceil(seconds / 60)} minutes`
  return notice("bad", `Too many attempts. Please wait ${span} and try again.`)
}

export const signedOut: Html = notice("info", "You are signed out.")

const toShape = /^\/[A-Za-z0-9/_.~-]{0,200}$/u

/** A path of the dashboard, and never the address of somebody else. */
export const pathAfterwards = (text: string): string => (toShape.test(text) && !text.startsWith("//") ? text : "/")
