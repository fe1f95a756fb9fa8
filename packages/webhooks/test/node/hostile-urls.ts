/** Ways to write down an address of this machine, or of the networks around it, that look like something else. */

/** Addresses that are not for others to name, in the notations that parsers and libraries have fallen for. */
const addresses: ReadonlyArray<string> = [
  ...["127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "0.0.0.0", "0", "0.0", "00.00.00.00"],
  ...["0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0177.0.0.1", "0177.1"],
  ...["127.0.0.01", "127.0.0.0x1", "0x7f.0x0.0x0.0x1", "127.0.0.1.", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1"],
  ...["127%2e0%2e0%2e1", "%31%32%37.0.0.1", "2130706433.", "0x7f.0.1."],
  ...["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"],
  ...["[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]"],
  ...["[2002:7f00:1::]", "[2002:7f00:1::1]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe81::1]", "[febf::1]", "[fec0::1]"],
  ...["[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]"],
  ...["10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "169.254.169.254"],
  ...["169.254.170.2", "169.254.43518", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "025177524776"],
  ...["0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]"],
  ...["100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1", "192.0.2.1", "203.0.113.7"],
  ...["224.0.0.1", "240.0.0.1", "255.255.255.255", "[::ffff:10.0.0.1]", "[::ffff:c0a8:1]", "[2002:a00:1::]"]
]

/** Names that lead here, or that only a private network knows. */
const names: ReadonlyArray<string> = [
  ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain", "ip6-localhost", "ⓛocalhost"],
  ...["metadata.google.internal", "metadata", "metadata.internal", "instance-data", "router.local", "nas.lan"],
  ...["kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "db.internal", "printer.home.arpa"],
  // Of the public DNS, and resolving to this machine.
  ...["localtest.example", "127.0.0.1.sslip.example", "7f000001.rebind.example", "xn--lclhst-6ya.example"],
  ...["WWW.LOCALTEST.EXAMPLE", "localtest.example.", "a.b.c.d.localtest.example", "a-b_c.localtest.example"]
]

/** More than 600 addresses, each of which must lead nowhere; those with a port lead to the given one. */
export const hostileUrls = (port: number): ReadonlyArray<string> => {
  const hosts = [...addresses, ...names]
  const plain = hosts.flatMap((host) => [`https://${host}:${port}/`, `http://${host}:${port}/`, `https://${host}/`])
  const disguised = hosts.flatMap((host) => [
    `https://shop.example@${host}:${port}/`,
    `https://shop.example:secret@${host}:${port}/`,
    `https://${host}:${port}\\@shop.example/`
  ])
  const confused = ["127.0.0.1", "localhost", "[::1]"].flatMap((host) => [
    ...[`https://shop.example#@${host}:${port}/`, `https://shop.example?@${host}:${port}/`].map(withPort(port)),
    ...[`//${host}:${port}/`, `https:${host}:${port}/`, `https:/${host}:${port}/`, `https:///${host}:${port}/`],
    ...[` https://${host}:${port}/`, `https://${host}:${port}/ `, `\thttps://${host}:${port}/`],
    ...[`https://${host}\t:${port}/`, `https://${host}\r\nHost: x:${port}/`, `https://${host}:${port}\u0000/`],
    ...[`https://${host}%00.shop.example:${port}/`, `https://shop.example%2f@${host}:${port}/`],
    ...[
      `https://${host}:0${port}/`,
      `https://${host}:${port}#.shop.example/`,
      `https://${host}:${port}?.shop.example/`
    ],
    ...[
      "ftp",
      "gopher",
      "ws",
      "wss",
      "file",
      "data",
      "javascript",
      "dict",
      "ldap",
      "tftp",
      "jar:https",
      "blob:https"
    ].map((scheme) => `${scheme}://${host}:${port}/`)
  ])
  return [...new Set([...plain, ...disguised, ...confused])]
}

/** The public host before the disguise would be looked up: it is given the sink's port, so that it leads there too. */
const withPort =
  (port: number) =>
  (url: string): string =>
    url.replace("shop.example", `shop.example:${port}`)
