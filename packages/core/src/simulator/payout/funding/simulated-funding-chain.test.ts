import { describe, expect, it } from "vitest"
import type { SignedFunding } from "../../../ports/funding-chain.ts"
import {
  broadcast,
  checkOf,
  plannedBy,
  run,
  signedFunding,
  standingNow
} from "../../../testing/funding/funding-chain-under-test.ts"
import { type FundingWorld, fundingWorld } from "../../../testing/funding/simulated-funding.ts"
import type { TransactionChange } from "../../../testing/funding/test-wallet.ts"
import { describeFundingChain } from "../../../testing/funding-chain.suite.ts"
import { networkChains, sanctionedAddress } from "../network-routes.ts"
import { fullWallet, type Wallet } from "./funding-outcomes.ts"
import { permit2Contract, settlementContract } from "./permit-message.ts"

describeFundingChain("the simulated Ethereum", () => fundingWorld("ETH-SEPOLIA"))
describeFundingChain("the simulated Solana", () => fundingWorld("SOL-DEVNET"))

/** A transaction of version 1, signed with a change of the sender's. */
const signedWith = (world: FundingWorld, change: TransactionChange): Promise<SignedFunding> =>
  signedFunding(world, 1, (what) => world.wallet.sign(what, change))

/** A call with another word at a place. */
const replaced = (data: string, place: number, word: string): string =>
  `${data.slice(0, 10 + 64 * place)}${word}${data.slice(10 + 64 * (place + 1))}`

const copyOf = async (world: FundingWorld, first: SignedFunding, change: TransactionChange = {}) => {
  const plan = { ...world.plan(1), replaces: { key: first.key, message: first.message } }
  const { message, estimatedFee } = await plannedBy(world, plan)
  const toSign = { plan, message, estimatedFee, overtakes: first.signedTransaction }
  return { ...plan, message, estimatedFee, signedTransaction: world.wallet.sign(toSign, change) }
}

const setWallet = (world: FundingWorld, change: Partial<Wallet>): Promise<void> =>
  world.world.simulated.setAccount({ ...fullWallet("ETH-SEPOLIA", world.wallet.address), ...change })

describe("what is signed on Ethereum", () => {
  it.each([
    ["ETH-SEPOLIA", "11155111", "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"],
    ["MATIC-AMOY", "80002", "0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582"]
  ])("is signed for the token of its chain: %s", async (blockchain, chainId, verifyingContract) => {
    const world = await fundingWorld(blockchain)
    const { message } = await plannedBy(world, world.plan(1))
    expect(JSON.parse(message.text).domain).toEqual({ name: "USDC", version: "2", chainId, verifyingContract })
  })

  it("in version 1 is the token's own authorization, with what the chain will take for it", async () => {
    const world = await fundingWorld()
    const plan = world.plan(1)
    const { message, estimatedFee } = await plannedBy(world, plan)
    expect(message).toMatchObject({ type: "eip3009", encoded: null })
    expect(JSON.parse(message.text)).toMatchObject({
      domain: { name: "USDC", version: "2", chainId: "11155111" },
      primaryType: "TransferWithAuthorization",
      message: {
        from: plan.senderAddress,
        to: plan.destinationAddress,
        value: "100240000",
        validAfter: `${Math.floor(world.nowMs() / 1000) - 600}`,
        validBefore: `${plan.expiresAtMs / 1000}`
      }
    })
    expect(estimatedFee).toMatchObject({ type: "eip1559", gasLimit: "150000" })
  })

  it("in version 2 is a permit for the settlement contract that witnesses what it is for", async () => {
    const world = await fundingWorld()
    const plan = world.plan(2)
    const { message, estimatedFee } = await plannedBy(world, plan)
    expect(JSON.parse(message.text)).toMatchObject({
      domain: { name: "Permit2", verifyingContract: permit2Contract },
      primaryType: "PermitWitnessTransferFrom",
      message: {
        permitted: { amount: "100240000" },
        spender: settlementContract,
        deadline: `${plan.expiresAtMs / 1000 + 1140}`,
        witness: {
          ...{ from: plan.senderAddress, to: plan.destinationAddress, value: "100190000", maxFee: "50000" },
          validAfter: `${Math.floor(world.nowMs() / 1000) - 600}`,
          validBefore: `${plan.expiresAtMs / 1000}`,
          requirePayeeSign: false
        }
      }
    })
    const other = await plannedBy(world, world.plan(2))
    const intentIn = (text: string): unknown => JSON.parse(text).message.witness.nonce
    expect(intentIn(other.message.text)).not.toBe(intentIn(message.text))
    expect(message.encoded).toMatch(/^0x[0-9a-f]{64}$/u)
    expect(estimatedFee).toBe(null)
  })
})

describe("a transaction of the sender's own is not sent", () => {
  it.each<[string, TransactionChange]>([
    ["chain_mismatch", { chainId: 1n }],
    ["payload_mismatch", { to: sanctionedAddress }],
    ["payload_mismatch", { value: 1n }],
    ["payload_mismatch", { data: (data) => data.slice(0, -64) }],
    // The amount.
    ["payload_mismatch", { data: (data) => replaced(data, 2, "1".padStart(64, "0")) }],
    // The authorization's nonce.
    ["payment_mismatch", { data: (data) => replaced(data, 5, "0".repeat(64)) }],
    // The signature over it.
    ["signature_invalid", { data: (data) => replaced(data, 8, "1".repeat(64)) }],
    ["gas_limit_too_low", { gasLimit: 21_000n }],
    ["gas_price_too_low", { maxFeePerGas: 999_999_999n }],
    ["gas_balance_insufficient", { gasLimit: 30_000_000n, maxFeePerGas: 100_000_000_000n }],
    ["nonce_too_high", { nonce: 33n }]
  ])("%s: %o", async (why, change) => {
    const world = await fundingWorld()
    expect(await checkOf(world, await signedWith(world, change))).toBe(why)
  })

  it.each<[string, TransactionChange]>([
    ["the least that nodes keep", { maxFeePerGas: 1_000_000_000n }],
    ["a number that is not too far ahead", { nonce: 32n }]
  ])("where anything is wrong, but with %s it is", async (_what, change) => {
    const world = await fundingWorld()
    expect(await checkOf(world, await signedWith(world, change))).toBe("sound")
  })

  it("where a wallet lacks anything, and is where it has just enough", async () => {
    const world = await fundingWorld()
    const [own, permit] = [await signedFunding(world, 1), await signedFunding(world, 2)]
    await setWallet(world, { tokens: "100240000", coins: `${150_000n * 5_000_000_000n}`, allowance: "100240000" })
    expect([await checkOf(world, own), await checkOf(world, permit)]).toEqual(["sound", "sound"])
    expect((await run(world.chain.plan(world.plan(2))))._tag).toBe("Planned")
  })

  it("where it waits already, but nothing is wrong with it when it is looked at again", async () => {
    const world = await fundingWorld()
    for (const signed of [await signedWith(world, {}), await signedFunding(world, 2)]) {
      await broadcast(world, signed)
      expect(await checkOf(world, signed)).toBe("sound")
    }
  })

  it("on a chain where nothing is funded", async () => {
    const world = await fundingWorld()
    const { simulated } = world.world
    const { address } = world.wallet
    const signed = await signedFunding(world, 1)
    expect(await checkOf(world, { ...signed, blockchain: "DOGE" })).toBe("chain_mismatch")
    expect(simulated.account("DOGE", address)).toBeUndefined()
    expect(simulated.account("ETH-SEPOLIA", "0x12")).toBeUndefined()
    await expect(simulated.setAccount(fullWallet("DOGE", address))).rejects.toMatchObject({
      cause: new RangeError("nothing is funded on this chain")
    })
  })

  it("twice, whoever of the two is asked for first", async () => {
    const world = await fundingWorld()
    const permit = await signedFunding(world, 2)
    await broadcast(world, permit)
    const again = { ...permit, key: "the same permit" }
    expect(await checkOf(world, again)).toBe("permit_nonce_already_used")
    const first = await signedWith(world, {})
    await broadcast(world, first)
    const { message, estimatedFee } = first
    const second = world.wallet.sign({ plan: first, message, estimatedFee }, { nonce: 1n })
    const copy = { ...first, key: "the same authorization", signedTransaction: second }
    expect(await checkOf(world, copy)).toBe("nonce_already_used")
    await world.advance(world.settledWithinMs)
    expect([await checkOf(world, again), await checkOf(world, copy)]).toEqual([
      "permit_nonce_already_used",
      "nonce_already_used"
    ])
  })

  it("for nothing: what failed on the chain is not spent", async () => {
    const world = await fundingWorld()
    const thirsty = await signedWith(world, { gasLimit: 60_000n })
    await broadcast(world, thirsty)
    await world.advance(world.settledWithinMs)
    const { message, estimatedFee } = thirsty
    const again = world.wallet.sign({ plan: thirsty, message, estimatedFee })
    expect(await checkOf(world, { ...thirsty, key: "once more", signedTransaction: again })).toBe("sound")
  })

  it("from the wallet of the same address on another chain", async () => {
    const world = await fundingWorld()
    const { simulated } = world.world
    const address = world.wallet.address.toLowerCase()
    await setWallet(world, { address, tokens: "7" })
    expect(simulated.account("ETH-SEPOLIA", world.wallet.address)).toMatchObject({ tokens: "7" })
    const others = [...networkChains.keys()].filter((one) => one !== "ETH-SEPOLIA" && one !== "SOL-DEVNET")
    for (const other of others) {
      expect(simulated.account(other, address)?.tokens).toBe(fullWallet(other, address).tokens)
    }
  })

  it("under a number that is used up, or taken by another one that waits", async () => {
    const world = await fundingWorld()
    const first = await signedWith(world, {})
    await broadcast(world, first)
    const rival = await signedWith(world, { nonce: 0n })
    expect(await checkOf(world, rival)).toBe("nonce_already_used")
    await world.advance(world.settledWithinMs)
    expect(await checkOf(world, rival)).toBe("nonce_too_low")
    expect(world.world.simulated.account("ETH-SEPOLIA", world.wallet.address)).toMatchObject({ nonce: "1" })
  })

  it("by a wallet without means, or by one with which no business is done", async () => {
    const world = await fundingWorld()
    const [own, permit] = [await signedFunding(world, 1), await signedFunding(world, 2)]
    await setWallet(world, { tokens: "100239999" })
    expect(await checkOf(world, own)).toBe("token_balance_insufficient")
    await setWallet(world, { coins: "1" })
    expect([await checkOf(world, own), await checkOf(world, permit)]).toEqual(["gas_balance_insufficient", "sound"])
    await setWallet(world, { allowance: "0" })
    expect([await checkOf(world, own), await checkOf(world, permit)]).toEqual(["sound", "allowance_insufficient"])
    const refusalOf = async (change: Partial<Wallet>, senderAddress = own.senderAddress) => {
      await setWallet(world, change)
      const reply = await run(world.chain.plan({ ...world.plan(2), senderAddress }))
      return reply._tag === "Refused" ? reply.why : reply._tag
    }
    expect(await refusalOf({ allowance: "0" })).toBe("allowance_insufficient")
    expect(await refusalOf({ tokens: "0" })).toBe("token_balance_insufficient")
    expect(await refusalOf({ exists: false })).toBe("account_not_found")
    expect(await refusalOf({}, sanctionedAddress)).toBe("wallet_sanctioned")
    expect(await checkOf(world, { ...own, senderAddress: sanctionedAddress })).toBe("wallet_sanctioned")
  })
})

describe("a transaction that waits", () => {
  /** Nodes keep it, and no block takes it. */
  const mean = { maxFeePerGas: 1_200_000_000n }

  it("is overtaken by a copy that offers more, and both never happen", async () => {
    const world = await fundingWorld()
    const first = await signedWith(world, mean)
    await broadcast(world, first)
    await world.advance(600_000)
    expect(await standingNow(world, first.key)).toMatchObject({ _tag: "Waiting" })
    expect(await checkOf(world, await copyOf(world, first, { maxFeePerGas: 1_300_000_000n }))).toBe("gas_price_too_low")
    expect(await checkOf(world, await copyOf(world, first, { nonce: 1n }))).toBe("nonce_mismatch")
    const copy = await copyOf(world, first)
    expect(await checkOf(world, copy)).toBe("sound")
    await broadcast(world, copy)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, copy.key)).toMatchObject({ _tag: "Confirmed", received: copy.amount })
    expect(await standingNow(world, first.key)).toMatchObject({ _tag: "Failed", reason: "nonce_too_low" })
  })

  it.each<[string, TransactionChange]>([
    ["to whoever takes it into a block", { maxPriorityFeePerGas: 1_000_000_000n }],
    ["in all", { maxFeePerGas: 1_200_000_000n }]
  ])("is not overtaken by a copy that offers no more %s", async (_what, same) => {
    const world = await fundingWorld()
    const first = await signedWith(world, { ...mean, maxPriorityFeePerGas: 1_000_000_000n })
    await broadcast(world, first)
    const replaces = { key: first.key, message: first.message }
    expect(await run(world.chain.plan({ ...world.plan(1), replaces }))).toMatchObject({
      ...{ _tag: "Planned", message: first.message },
      estimatedFee: { maxFeePerGas: "5000000000", maxPriorityFeePerGas: "2000000000" }
    })
    expect(await checkOf(world, await copyOf(world, first, same))).toBe("gas_price_too_low")
    expect(await checkOf(world, await copyOf(world, first))).toBe("sound")
  })

  it("may never have arrived: then its copy is carried out as if it were the first", async () => {
    const world = await fundingWorld()
    const copy = await copyOf(world, await signedWith(world, mean))
    expect(await checkOf(world, copy)).toBe("sound")
    await broadcast(world, copy)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, copy.key)).toMatchObject({ _tag: "Confirmed" })
  })

  it("may have been quicker than the copy", async () => {
    const world = await fundingWorld()
    const first = await signedWith(world, {})
    await broadcast(world, first)
    const copy = await copyOf(world, first)
    await world.advance(1_000)
    await broadcast(world, copy)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, first.key)).toMatchObject({ _tag: "Confirmed" })
    expect(await standingNow(world, copy.key)).toMatchObject({ _tag: "Failed", reason: "already_confirmed" })
  })

  it("is forgotten when what it carries has run out, and its number is free again", async () => {
    const world = await fundingWorld()
    const first = await signedWith(world, mean)
    await broadcast(world, first)
    await world.advance(3_600_000)
    expect(await standingNow(world, first.key)).toMatchObject({ _tag: "Failed", reason: "transaction_expired" })
    const next = await signedWith(world, {})
    await broadcast(world, next)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, next.key)).toMatchObject({ _tag: "Confirmed" })
  })

  it("behind a gap waits for the number before it", async () => {
    const world = await fundingWorld()
    const second = await signedWith(world, { nonce: 1n })
    await broadcast(world, second)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, second.key)).toMatchObject({ _tag: "Waiting" })
    await broadcast(world, await signedWith(world, { nonce: 0n }))
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, second.key)).toMatchObject({ _tag: "Confirmed" })
  })

  it("fails on chain when its gas runs out, or when its sender has spent the money", async () => {
    const world = await fundingWorld()
    const thirsty = await signedWith(world, { gasLimit: 60_000n })
    await broadcast(world, thirsty)
    await setWallet(world, { tokens: `${thirsty.amount.amount * 2n - 1n}` })
    const [one, other] = [await signedFunding(world, 2), await signedFunding(world, 2)]
    await broadcast(world, one)
    await broadcast(world, other)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, thirsty.key)).toMatchObject({ _tag: "Failed", reason: "out_of_gas" })
    expect(await standingNow(world, one.key)).toMatchObject({ _tag: "Confirmed" })
    expect(await standingNow(world, other.key)).toMatchObject({ _tag: "Failed", reason: "insufficient_token_balance" })
  })
})

describe("a transaction on Solana", () => {
  it("cannot be overtaken, since both could happen", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const { key, message } = await signedFunding(world, 1)
    expect(await run(world.chain.plan({ ...world.plan(1), replaces: { key, message } }))).toEqual({
      _tag: "Refused",
      why: "blockchain_unsupported"
    })
  })

  it("asks for nobody's leave to take the token, in either version", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const { address } = world.wallet
    await world.world.simulated.setAccount({ ...fullWallet("SOL-DEVNET", address), allowance: "0" })
    expect(await checkOf(world, await signedFunding(world, 1))).toBe("sound")
    expect(await checkOf(world, await signedFunding(world, 2))).toBe("sound")
  })

  it("is good for a minute", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const signed = await signedFunding(world, 1)
    const { expiresAtMs } = await plannedBy(world, signed)
    expect(expiresAtMs - world.nowMs()).toBe(60_000)
    await world.advance(58_000)
    expect(await checkOf(world, signed)).toBe("sound")
    await broadcast(world, signed)
    await world.advance(world.settledWithinMs)
    expect(await standingNow(world, signed.key)).toMatchObject({ _tag: "Failed", reason: "blockhash_expired" })
  })
})

describe("a wallet of the simulated chains", () => {
  it("of Ethereum is the same in capitals and small letters, and is told in small ones", async () => {
    const world = await fundingWorld()
    const { address } = world.wallet
    await setWallet(world, { tokens: "7" })
    const told = { ...fullWallet("ETH-SEPOLIA", address.toLowerCase()), tokens: "7", nonce: "0" }
    const { account } = world.world.simulated
    expect([account("ETH-SEPOLIA", address), account("ETH-SEPOLIA", address.toLowerCase())]).toEqual([told, told])
  })

  it("of Solana is another one when a letter is a capital", async () => {
    const { world, wallet } = await fundingWorld("SOL-DEVNET")
    const lookAlike = wallet.address.replace(/[a-hjkmnp-z](?=[^a-z]*$)/u, (letter) => letter.toUpperCase())
    expect(lookAlike).not.toBe(wallet.address)
    const { account, setAccount } = world.simulated
    await setAccount({ ...fullWallet("SOL-DEVNET", lookAlike), tokens: "7" })
    expect(account("SOL-DEVNET", lookAlike)).toMatchObject({ address: lookAlike, tokens: "7" })
    expect(account("SOL-DEVNET", wallet.address)).toEqual({
      ...fullWallet("SOL-DEVNET", wallet.address),
      nonce: "0"
    })
  })
})
