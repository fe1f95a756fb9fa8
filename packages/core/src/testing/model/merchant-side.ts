/** How a merchant reaches what is judged: a kernel, a server, or something else that takes payments. */
import type { MerchantRequest, SeenPayment } from "./merchant-books.ts"

/** What a merchant is told. `id` names the payment, or the refund or cancel; `text` is the answer, byte for byte. */
export type Told =
  | { readonly outcome: "accepted"; readonly id: string; readonly text: string }
  | { readonly outcome: "refused" | "key reused" }

export type MerchantSide = {
  readonly ask: (key: string, request: MerchantRequest) => Promise<Told>
  /** Resolves when nothing of this merchant's is under way any more. */
  readonly settled: () => Promise<void>
  readonly read: (paymentId: string) => Promise<SeenPayment | null>
  /** Ids of payments, without refunds and cancels, newest first. */
  readonly list: () => Promise<ReadonlyArray<string>>
  /** Captured and neither returned nor paid out yet, in minor units. */
  readonly owed: () => Promise<bigint>
  readonly close: () => Promise<void>
}
