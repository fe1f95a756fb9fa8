/** Where Apple Pay and Google Pay tokens are opened: whoever holds the wallets' keys gives the card that is in them. */
import type { Pan } from "@paykernel/core"

export type WalletKind = "apple_pay" | "google_pay"

export type WalletCard = {
  readonly pan: Pan
  /** 1 to 12. */
  readonly expMonth: number
  /** Four digits. */
  readonly expYear: number
}

export type Wallets = {
  /**
   * The card in a token, or `ok: false` for a token that cannot be used. A request that is repeated brings the same
   * token again and must find the same card in it.
   */
  readonly open: (
    kind: WalletKind,
    token: string,
    merchantId: string
  ) => Promise<{ readonly ok: true; readonly card: WalletCard } | { readonly ok: false }>
}
