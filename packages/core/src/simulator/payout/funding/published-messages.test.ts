/** Messages, signatures and addresses that others have published, read and made here. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../../../money/index.ts"
import type { SignedFunding } from "../../../ports/funding-chain.ts"
import { fundedChain } from "./funding-chain-list.ts"
import { permitMessage } from "./permit-message.ts"
import { readSignedFunding } from "./read-signed-funding.ts"
import { tokenAccountOf } from "./solana-message.ts"
import { authorizationMessage } from "./transfer-authorization-message.ts"
import { digestOf } from "./typed-data.ts"

const sepolia = fundedChain("ETH-SEPOLIA")
if (sepolia?.kind !== "evm") throw new Error("there is no such chain")

const plan = {
  key: "transaction-1",
  version: 1,
  blockchain: "ETH-SEPOLIA",
  amount: money(10_000_000n, "USDC"),
  contractFee: money(0n, "USDC"),
  senderAddress: "0x39fd73b03a01c6230b5e0d946e1960d79db44fd8",
  destinationAddress: "0x3eebc158f254838e2f6275b892e6a0621e3ea321",
  expiresAtMs: 1_745_610_886_000,
  replaces: null
} as const

describe("the quick start of the published API", () => {
  it("signs a permit whose digest is the same here", () => {
    const message = {
      permitted: { token: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238", amount: "11948672" },
      spender: "0x8ea7239f185CC32AB1Ff698f1b1A3aAB615D6d2c",
      nonce: "55519981872451242578307489093459806523820915276389791540432104685160022674073",
      deadline: "1762907262",
      witness: {
        from: "0x57414adbBbc4BBA36f1dE26b2dc1648b28ae7799",
        to: "0xded12af48fb343b446bcbe739c5211636896362b",
        value: "11048874",
        validAfter: "1762901905",
        validBefore: "1762906122",
        nonce: "0x7abf323679377bff4d064e663e44b7064985eab99693dec4a9e8a9f941a80a99",
        beneficiary: "0x8049E74C07A6BAdc8ddeB7C3530Ab9Af30037211",
        maxFee: "899798",
        attester: "0xcf9e077c75ce6bd22f48163e559d20b10708ae85",
        requirePayeeSign: false
      }
    }
    expect(digestOf({ ...permitMessage(sepolia, plan, 0), message })).toBe(
      "0xabc6f65eb8b2c264ae486b7244e9ca887cd0f8bd29422f651042665c14974ef3"
    )
  })

  it("sends a transaction that is read here, both of its signatures being the sender's", () => {
    const authorization = {
      from: plan.senderAddress,
      to: plan.destinationAddress,
      value: 10_000_000n,
      validAfter: 1_745_603_040n,
      validBefore: 1_745_610_886n,
      nonce: "0x3a30a084fe9ef623cf95ea778067b98b69accf602b8f240f55073339f4c2f2b2"
    }
    const text = JSON.stringify(authorizationMessage(sepolia, authorization))
    const message = { type: "eip3009", text, encoded: null } as const
    const signed: SignedFunding = { ...plan, message, estimatedFee: null, signedTransaction: published.join("") }
    expect(readSignedFunding(sepolia, signed, 1_745_603_100_000)).toEqual(
      Result.succeed({
        transactionHash: "0xc1d5963f87e4a9035eae4e31fe7842a8bc1cd0ebf941d541c0b7ff37b4d1f5df",
        authorization: authorization.nonce,
        gas: { nonce: 1n, gasLimit: 150_000n, maxFeePerGas: 70_000_000_000n, maxPriorityFeePerGas: 3_000_000_000n },
        validUntilMs: plan.expiresAtMs
      })
    )
  })

  const published = [
    "0x02f9019583aa36a70184b2d05e0085104c533c00830249f0941c7d4b196cb0c7b01d743fbc6116a902379c723880b90124",
    "e3ee160e",
    "00000000000000000000000039fd73b03a01c6230b5e0d946e1960d79db44fd8",
    "0000000000000000000000003eebc158f254838e2f6275b892e6a0621e3ea321",
    "0000000000000000000000000000000000000000000000000000000000989680",
    "00000000000000000000000000000000000000000000000000000000680bc9e0",
    "00000000000000000000000000000000000000000000000000000000680be886",
    "3a30a084fe9ef623cf95ea778067b98b69accf602b8f240f55073339f4c2f2b2",
    "000000000000000000000000000000000000000000000000000000000000001b",
    "d6960c1cc4c28482a3c96ea35e5c0cfe84f4e466f734de02023b15101c9735a0",
    "4830dbfeeccd565705c1e8b92b3dd038d720130f5a3101bf43160be49e0f1651",
    "c080a0e59d32312a920b6c63ad4c7344bb76d8e7cae2615f79f707649e325abea00a24",
    "a07cddec90138bb6790e68e01998fdf77efc9496a91b3b4b42e59fd0e8ad89d0bc"
  ]
})

it("finds the token account of a wallet on Solana, as the token's own library does", () => {
  expect(
    tokenAccountOf("B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj", "7o36UsWR1JQLpZ9PE2gn9L4SQ69CNNiWAXd4Jt7rqz9Z")
  ).toBe("DShWnroshVbeUp28oopA3Pu7oFPDBtC1DBmPECXXAQ9n")
})
