import { sha256 } from "@noble/hashes/sha2.js"
import { base58, base58check, bech32, bech32m } from "@scure/base"
import { describe, expect, it } from "vitest"
import { addressOf, addressProblem } from "./chain-address.ts"
import { sandboxChains } from "./chain-list.ts"

/** Addresses that the chains' own documents give as examples, or that everybody knows. */
const wellKnown: ReadonlyArray<readonly [chain: string, address: string, source: string]> = [
  ["ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ERC-55"],
  ["ETH", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ERC-55, in one case"],
  ["ETH", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", "ERC-55, in capitals"],
  ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BIP-173"],
  ["BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "BIP-173, in capitals"],
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
  ["NEAR", "my-first_name.of-two_parts.near", "a name of many words"],
  ["NEAR", "ok", "the shortest name"],
  ["NEAR", "98793cd91a3f870fb126f66285808c7e094afcfc4eda8a970f6648cdf0dbd6de", "an implicit account"],
  ["NOBLE", bech32.encode("noble", bech32.toWords(new Uint8Array(20))), "BIP-173 under its prefix"],
  ["HBAR", "0.0.456858", "the token of USDC"],
  ["FLOW", "0xb19436aae4d94622", "the contract of USDC"]
]

/** Check digits that are right, over what is no address. */
const bytes = (many: number, first: number): Uint8Array => Uint8Array.of(first, ...new Uint8Array(many - 1).fill(9))
const check58 = (many: number, version: number): string => base58check(sha256).encode(bytes(many, version))
const segwit = (version: number, many: number): string =>
  (version === 0 ? bech32 : bech32m).encode("bc", [version, ...bech32.toWords(bytes(many, 9))])

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
    ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "address_checksum_wrong"],
    ["BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "address_checksum_wrong"],
    ["BTC", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address_malformed"],
    ["BTC", "Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address_malformed"],
    ["BTC", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "address_malformed"],
    ["BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "address_malformed"],
    ["BTC", `bc1${"q".repeat(10)}`, "address_malformed"],
    ["BTC", `bc1${"q".repeat(11)}`, "address_checksum_wrong"],
    ["BTC", `bc1${"q".repeat(71)}`, "address_checksum_wrong"],
    ["BTC", `bc1${"q".repeat(72)}`, "address_malformed"],
    ["BTC", segwit(1, 20), "address_malformed"],
    ["BTC", segwit(2, 32), "address_malformed"],
    ["BTC", bech32.encode("bc1x", [0, ...bech32.toWords(bytes(20, 9))]), "address_checksum_wrong"],
    ["BTC", check58(20, 0x00), "address_malformed"],
    ["BTC", check58(20, 0x6f), "address_malformed"],
    ["BTC", check58(21, 0x30), "address_malformed"],
    ["SOL", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt", "address_malformed"],
    ["SOL", "0PjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "address_malformed"],
    ["TRX", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "address_checksum_wrong"],
    ["TRX", check58(21, 0x42), "address_malformed"],
    ["XLM", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA", "address_checksum_wrong"],
    ["XLM", "GZ7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", "address_malformed"],
    ["PAH", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp6", "address_checksum_wrong"],
    ["PAH", "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F", "address_network_wrong"],
    ["PAH", base58.encode(bytes(34, 42)), "address_malformed"],
    ["ALGO", "7777777777777777777777777777777777777777777777777774MSJUVA", "address_checksum_wrong"],
    ["ALGO", "7777777777777777777777777777777777777777777777777774MSJUVB", "address_malformed"],
    ["ALGO", "A".repeat(56), "address_malformed"],
    ["ALGO", "A".repeat(64), "address_malformed"],
    ["NOBLE", "cosmos1vlthgax23ca9syk7xgaz347xmf4nunefw3cnv8", "address_malformed"],
    ["NOBLE", `noble1${"q".repeat(38)}`, "address_checksum_wrong"],
    [
      "NOBLE",
      bech32.encode(
        "noble1x",
        Array.from({ length: 30 }, () => 3)
      ),
      "address_checksum_wrong"
    ],
    ["NEAR", "Relay.aurora", "address_malformed"],
    ["NEAR", "a", "address_malformed"],
    ["NEAR", "a".repeat(65), "address_malformed"],
    ["NEAR", "a..b", "address_malformed"],
    ["HBAR", "0.0.0", "address_malformed"],
    ["FLOW", "0xb19436aae4d9462", "address_malformed"],
    ["DOGE", "D7Y55Lkqb3TqbYGVvDpT8Y6GJHn6cpU7Xt", "chain_unknown"]
  ] as const)("%s does not take %s: %s", (chain, address, problem) => {
    expect(addressProblem(chain, address, null, "mainnet")).toBe(problem)
  })

  it.each(wellKnown)("%s does not take %s with anything before or after it", (chain, address) => {
    for (const text of [` ${address}`, `${address} `, `-${address}`, `${address}-`]) {
      expect(addressProblem(chain, text, null, "mainnet"), text).toBe("address_malformed")
    }
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

  it("that is none is told before its tag", () => {
    expect(addressProblem("XLM", "G", "1", "mainnet")).toBe("address_malformed")
    expect(addressProblem("ETH", "0x", "1", "mainnet")).toBe("address_malformed")
  })

  /** Whoever was given an address may pay to it for ever, so no release may make another one of the same reference. */
  it.each([
    ["ALGO", "5TWMH4IYKMO5SGCQ6NEHBKV35TMF5R266WIGZUX7A5MX3YXTXDHTBS6D3A", null],
    ["ARB", "0x480f1754562726B8908c689dbe2ECbFCc3a0fBcF", null],
    ["AVAX", "0xae26324207c7A3d6cB6355424F43d400E55F0E67", null],
    ["BASE", "0x8F994AA33f51a4EF88644cB5610942C0a44C8474", null],
    ["BTC", "tb1qvnc09uzteyzyldvuklt3ur2jr9uhep9d8z5wcq", null],
    ["CELO", "0x4a113e6B22c881004B15FF8d36324077d4c7D390", null],
    ["ETH", "0x29a234b66BCcb0c7812904B6FaB2a1D906045239", null],
    ["FLOW", "0x56b933b1c59e951b", null],
    ["HBAR", "0.0.14834048", "1729214543930405"],
    ["NEAR", "3c6b42dcd2c4197c5354e2294d972fe07d2159c13230706b0ef6c92c162f588d", null],
    ["NOBLE", "noble1z5p9cac0hn9spmrj7sukv9qhh9haw6nlaqvvxq", null],
    ["OP", "0x47FFb398780918951B9e85535f0b6218917a251a", null],
    ["PAH", "145HieEZe7sQB2bDmwirRSndurm59zGzbj2TAJHNyQcc7d82", null],
    ["POLY", "0x61b23f1Ee10dF85722948942D3960Fe269714C42", null],
    ["SOL", "Ev1iWGZzrocQNo9AyobtTbwY5957dYqJb7nGTdaJmUq1", null],
    ["TRX", "TJUrRsUfzWYyJRENJe2DBz6pbiu43bA2HF", null],
    ["XLM", "GC5ZBG246YQIIR6OHLCUO2WXYZ4YJSKSAJXRDGAXJWQUROYSGSSQJZ4T", "1296752369430731"]
  ] as const)("of a reference stays what it was, on %s", (chain, address, addressTag) => {
    const row = sandboxChains.find((one) => one.chain === chain)
    expect(row && addressOf("secret", row, "reference", "testnet")).toEqual({ chain, address, addressTag })
  })

  it("of a reference is good on the network that it is made for", () => {
    for (const row of sandboxChains) {
      for (const network of ["mainnet", "testnet"] as const) {
        const { address, addressTag } = addressOf("secret", row, "reference", network)
        expect(addressProblem(row.chain, address, addressTag, network), row.chain).toBeNull()
      }
    }
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
