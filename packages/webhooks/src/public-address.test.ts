import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isPublicAddress, isPublicHost } from "./public-address.ts"

/** As a URL parser hands a host on. */
const hostOf = (url: string): string => new URL(url).hostname

describe("an address of the public internet", () => {
  it.each([
    "1.1.1.1",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2a00:1450:4001::",
    "2001:200::1",
    "2001:4860:4860::8888",
    "::ffff:1.1.1.1",
    "::ffff:101:101",
    "64:ff9b::1.1.1.1"
  ])("is %s", (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

describe("an address that is not for others to name", () => {
  it.each([
    ["this machine", ["127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::"]],
    ["private networks", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.255.255", "fc00::1", "fdff::1"]],
    ["the link", ["169.254.0.1", "fe80::1", "febf::1", "fec0::1"]],
    ["metadata services", ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192"]],
    ["the agent of a cloud", ["168.63.129.16"]],
    ["carriers' networks", ["100.64.0.1", "100.127.255.255"]],
    ["documentation and tests", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255"]],
    ["documentation and tests in IPv6", ["2001:db8::1", "3fff::1", "3fff:fff::1", "2001:2::1", "100::1"]],
    ["many", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "ff02::1"]],
    ["IPv4 as IPv6", ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a00:1", "0:0:0:0:0:ffff:a9fe:a9fe"]],
    ["IPv4 as IPv6, in older ways", ["::127.0.0.1", "::7f00:1", "::ffff:0:7f00:1", "::1.1.1.1"]],
    ["NAT64", ["64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::a00:1", "64:ff9b:1::101:101"]],
    ["6to4", ["2002:7f00:1::", "2002:101:101::1", "192.88.99.1"]],
    ["Teredo", ["2001::1", "2001:0:7f00:1::"]],
    ["ORCHID", ["2001:10::1", "2001:20::1"]],
    ["segment routing", ["5f00::1"]],
    ["what is no address", ["", "1.1.1", "1.1.1.1.", "01.1.1.1", "0x1.1.1.1", "256.1.1.1", "1.1.1.1/8", " 1.1.1.1"]],
    ["what is no address in IPv6", [":::", "fe80::1%eth0", "[::1]", "12345::", "::1::", "2a00::1%25eth0", "g::1"]]
  ])("is one of %s", (_, addresses) => {
    for (const address of addresses) expect(isPublicAddress(address), address).toBe(false)
  })

  it("stays so in whichever notation for IPv4 in IPv6", () => {
    const octet = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`
        for (const prefix of ["::ffff:", "64:ff9b::"]) {
          expect(isPublicAddress(`${prefix}${plain}`)).toBe(isPublicAddress(plain))
        }
        for (const prefix of ["::", "::ffff:0:", "2002:"]) {
          const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
          expect(isPublicAddress(`${prefix}${groups}${prefix === "2002:" ? "::1" : ""}`)).toBe(false)
        }
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("the host of a URL", () => {
  it.each(["https://shop.example/", "https://SHOP.Example./", "https://münchen.example/", "https://1.1.1.1/"])(
    "of %s may be called",
    (url) => {
      expect(isPublicHost(hostOf(url))).toBe(true)
    }
  )

  it.each([
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://a.localhost/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://metadata.google.internal/",
    "http://metadata/",
    "http://router.local/",
    "http://printer.lan/",
    "http://nas.home.arpa/",
    "http://kubernetes.default.svc/",
    "http://kubernetes.default.svc.cluster.local/",
    "http://a..example/",
    "http://hidden.onion/"
  ])("of %s may not be called", (url) => {
    expect(isPublicHost(hostOf(url))).toBe(false)
  })
})
