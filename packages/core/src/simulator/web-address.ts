/** The payer is sent there, and a page links to it: a `javascript:` address must never get that far. */
export const isWebAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:")
}
