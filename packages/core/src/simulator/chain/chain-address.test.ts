import { describe, expect, it } from "vitest"
import { addressOf, addressProblem } from "./chain-address.ts"
import { sandboxChains } from "./chain-list.ts"

/** Addresses that the chains' own documents give as examples, or that everybody knows. */
const wellKnown = [
  ["ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ERC-55"],
  ["ETH", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ERC-55, in one case"],
  ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BIP-173"],
  ["BTC", "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", "BIP-173"],
  ["BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "BIP-350"],
  ["BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "the genesis block"],
  ["BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "BIP-16"],
  ["SOL", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "the contract of USDC"],
  ["TRX", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "the contract of USDT"],
  ["XLM", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", "SEP-23"],
  ["PAH", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", "Alice, by the relay chain's prefix"],
  ["PAH", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "Alice, by the generic prefix"],
  ["ALGO", "7777777777777777777777777777777777777777777777777774MSJUVU", "all bits set"],
  ["NEAR", "relay.aurora", "a name"],
  ["NEAR", "98793cd91a3f870fb126f66285808c7e094afcfc4eda8a970f6648cdf0dbd6de", "an implicit account"],
  ["HBAR", "0.0.456858", "the token of USDC"],
  ["FLOW", "0xb19436aae4d94622", "the contract of USDC"]
] as const

describe("an address of a chain", () => {
  it.each(wellKnown)("%s takes %s (%s)", (chain, address) => {
    expect(addressProblem(chain, address, null, "mainnet")).toBeNull()
  })

  it.each([
    ["ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "address_checksum_wrong"],
    ["ETH", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "address_malformed"],
    ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "address_checksum_wrong"],
    ["BTC", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "address_network_wrong"],
    ["BTC", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "address_network_wrong"],
    ["BTC", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "address_checksum_wrong"],
    ["BTC", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "address_malformed"],
    ["BTC", "bc1pw5dgrnzv", "address_malformed"],
    ["BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "address_checksum_wrong"],
    ["SOL", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt", "address_malformed"],
    ["TRX", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "address_checksum_wrong"],
    ["XLM", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA", "address_checksum_wrong"],
    ["PAH", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp6", "address_checksum_wrong"],
    ["ALGO", "7777777777777777777777777777777777777777777777777774MSJUVA", "address_checksum_wrong"],
    ["NOBLE", "cosmos1vlthgax23ca9syk7xgaz347xmf4nunefw3cnv8", "address_malformed"],
    ["NEAR", "Relay.aurora", "address_malformed"],
    ["NEAR", "a..b", "address_malformed"],
    ["HBAR", "0.0.0", "address_malformed"],
    ["FLOW", "0xb19436aae4d9462", "address_malformed"],
    ["DOGE", "D7Y55Lkqb3TqbYGVvDpT8Y6GJHn6cpU7Xt", "chain_unknown"]
  ] as const)("%s does not take %s: %s", (chain, address, problem) => {
    expect(addressProblem(chain, address, null, "mainnet")).toBe(problem)
  })

  it.each([
    ["XLM", "12345678", null],
    ["XLM", "x".repeat(29), "tag_malformed"],
    ["XLM", "", "tag_malformed"],
    ["XLM", "a\nb", "tag_malformed"],
    ["ETH", "1", "tag_not_supported"]
  ] as const)("%s with the tag %j: %s", (chain, tag, problem) => {
    const address = wellKnown.find(([code]) => code === chain)?.[1] ?? ""
    expect(addressProblem(chain, address, tag, "mainnet")).toBe(problem)
  })

  it("changed in one letter is found out wherever the chain has check digits", () => {
    const checked = ["ALGO", "BTC", "NOBLE", "PAH", "TRX", "XLM"]
    for (const row of sandboxChains.filter(({ chain }) => checked.includes(chain))) {
      const { address } = addressOf("secret", row, "reference", "testnet")
      for (let at = 0; at < address.length; at++) {
        const other = address.charAt(at) === "a" ? "b" : "a"
        const changed =
          address.slice(0, at) +
          (/[A-Z]/u.test(address) && row.chain !== "PAH" && row.chain !== "TRX" ? other.toUpperCase() : other) +
          address.slice(at + 1)
        if (changed !== address) expect(addressProblem(row.chain, changed, null, "testnet"), changed).not.toBeNull()
      }
    }
  })
})
