/**
 * Addresses that somebody sends who wants payers, or our own server, to go elsewhere. They are made of parts, so that each
 * trick meets each place where it might work: what a parser skips, what looks like a dot or a slash, and what a check of
 * prefixes, suffixes or names would take for the shop's.
 */

const evil = "evil.example"

/** Characters that browsers drop or that end a name for some parsers. NUL is in no text that is taken at all. */
const controls = ["\t", "\n", "\r", "\r\n", "\u0001", "\u000b", "\u001f", " ", "\u00a0", "\u200b", "\ufeff", "\u202e"]

/** Signs that are written or folded into a dot, a slash, a backslash, a colon or an at sign. */
const lookalikes = ["。", "．", "｡", "⁄", "∕", "／", "＼", "﹨", "：", "＠", "‥", "…"]

const schemes = [
  "http",
  "ftp",
  "file",
  "ws",
  "wss",
  "javascript",
  "JavaScript",
  "java\tscript",
  "vbscript",
  "data",
  "blob:https",
  "filesystem:https",
  "view-source:https",
  "about",
  "intent",
  "mailto",
  "tel",
  "chrome",
  "jar",
  "feed:https",
  "https:https"
]

const starts = [
  "//",
  "///",
  "////",
  "\\\\",
  "\\/",
  "/\\",
  "/\\/",
  "\\/\\/",
  "https:",
  "https:/",
  "https:///",
  "https:\\\\",
  "https:/\\",
  "https:\\/",
  "HTTPS:/",
  "https://\\",
  "%2f%2f",
  "/%2f",
  "%5c%5c",
  "/%09/",
  "/%5c",
  "//%00",
  ".//",
  "..//",
  "?//",
  "#//",
  ";//",
  "@",
  "&//",
  "://"
]

const confusions = (shop: string): ReadonlyArray<string> => [
  `https://${evil}/`,
  `https://${evil}/${shop}`,
  `https://${evil}/https://${shop}/`,
  `https://${evil}?https://${shop}/`,
  `https://${evil}?.${shop}`,
  `https://${evil}#${shop}`,
  `https://${evil}#@${shop}/`,
  `https://${evil}\\.${shop}/`,
  `https://${evil}\\@${shop}/`,
  `https://${evil}%2f${shop}/`,
  `https://${evil}%23${shop}/`,
  `https://${evil}%00${shop}/`,
  `https://${evil}:443#${shop}/`,
  `https://${evil};${shop}/`,
  `https://${evil}&${shop}/`,
  `https://${evil},${shop}/`,
  `https://${shop}.${evil}/`,
  `https://${shop}-${evil}/`,
  `https://${shop}${evil}/`,
  `https://${shop}@${evil}/`,
  `https://${shop}:443@${evil}/`,
  `https://${shop}%40${evil}/`,
  `https://${shop}%2f@${evil}/`,
  `https://${shop}%23@${evil}/`,
  `https://${shop}%3f@${evil}/`,
  `https://${shop}\\@${evil}/`,
  `https://${shop}:${evil}/`,
  `https://user@${shop}/`,
  `https://user:password@${shop}/`,
  `https://@${shop}@${evil}/`,
  `https://${evil}@${shop}/`,
  `https://${evil}:x@${shop}/`,
  `https://not${shop}/`,
  `https://www.${shop}/`,
  `https://${shop}./`,
  `https://.${shop}/`,
  `https://${shop}..${evil}/`,
  `https://${shop}:80/`,
  `https://${shop}:8443/`,
  `https://${shop}:0/`,
  `https://${shop}:65536/`,
  `https://${shop}:-1/`,
  `https://[${shop}]/`,
  `https://[::1]/`,
  "https://0/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  `https://xn--${evil}/`,
  `https://${shop.replace("e", "е")}/`,
  `https://${shop.replace(".", "%2e%2e")}/`,
  `https://${shop.replace("a", "á")}x/`,
  `https://${shop.slice(0, -1)}/`,
  `https://${shop}m/`,
  `http://${shop}/`,
  `http://${shop}:443/`,
  "http://localhost/",
  "http://localhost:3000/",
  "http://127.0.0.1/",
  shop,
  `${shop}/`,
  `${shop}:443/`,
  `/${shop}`,
  "/",
  "",
  " ",
  ".",
  "..",
  "null",
  "undefined",
  "about:blank",
  "about:srcdoc",
  "data:,x",
  "https://",
  "https:",
  "https",
  "https://%",
  "https://[",
  "https://:443/",
  "https://?",
  `https://${shop}/${"a".repeat(3000)}`
]

const scripts: ReadonlyArray<string> = [
  "javascript:alert(1)",
  "javascript://%0aalert(1)",
  "javascript://%0dalert(1)",
  "javascript:%0aalert(1)",
  "javascript:/*--></script>*/alert(1)",
  "jAvAsCrIpT:alert(1)",
  " javascript:alert(1)",
  "\u0001javascript:alert(1)",
  "java\nscript:alert(1)",
  "java%0ascript:alert(1)",
  "javascript\t:alert(1)",
  "javascript&colon;alert(1)",
  "&#106;avascript:alert(1)",
  "\\x6aavascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "data://text/html,x",
  "vbscript:msgbox(1)",
  '"><script>alert(1)</script>',
  "'-alert(1)-'"
]

/** Return addresses that lead away from the shop, or that two parsers would read differently. At least 324. */
export const hostileReturnUrls = (shop: string): ReadonlyArray<string> => [
  ...new Set([
    ...confusions(shop),
    ...scripts,
    ...scripts.map((script) => `${script}//https://${shop}/`),
    ...schemes.flatMap((scheme) => [`${scheme}://${evil}/`, `${scheme}:${evil}`, `${scheme}://${shop}/`]),
    ...starts.flatMap((start) => [
      `${start}${evil}`,
      `${start}${evil}/`,
      `${start}${shop}@${evil}/`,
      `${start}${shop}`
    ]),
    ...controls.flatMap((control) => [
      `${control}https://${evil}/`,
      `${control}https://${shop}/`,
      `https://${shop}/${control}`,
      `https://${shop}${control}.${evil}/`,
      `https:/${control}/${evil}/`,
      `https://${control}${shop}/`
    ]),
    ...lookalikes.flatMap((sign) => [`https://${shop}${sign}${evil}/`, `https://${evil}${sign}${shop}/`])
  ])
]

/** Addresses that are not for strangers to have us call. */
const inside: ReadonlyArray<readonly [number, number, number, number]> = [
  [127, 0, 0, 1],
  [127, 255, 255, 254],
  [10, 0, 0, 1],
  [172, 16, 0, 1],
  [172, 31, 255, 255],
  [192, 168, 0, 1],
  [169, 254, 169, 254],
  [169, 254, 170, 2],
  [100, 64, 0, 1],
  [100, 100, 100, 200],
  [192, 0, 0, 192],
  [198, 18, 0, 1],
  [0, 0, 0, 0],
  [224, 0, 0, 1],
  [240, 0, 0, 1],
  [255, 255, 255, 255]
]

const hex = (byte: number): string => byte.toString(16).padStart(2, "0")
const circled = (digits: string): string =>
  digits.replace(/[0-9]/gu, (digit) => String.fromCodePoint(0xff10 + Number.parseInt(digit, 10)))

const spellings = ([a, b, c, d]: (typeof inside)[number]): ReadonlyArray<string> => {
  const whole = ((a * 256 + b) * 256 + c) * 256 + d
  const groups = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`
  return [
    `${a}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${d}.`,
    `${whole}`,
    `0x${whole.toString(16)}`,
    `0${whole.toString(8)}`,
    `0x${hex(a)}.0x${hex(b)}.0x${hex(c)}.0x${hex(d)}`,
    `0${a.toString(8)}.0${b.toString(8)}.0${c.toString(8)}.0${d.toString(8)}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    circled(`${a}.${b}.${c}.${d}`),
    `${a}。${b}。${c}。${d}`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::ffff:${groups}]`,
    `[::${groups}]`,
    `[64:ff9b::${groups}]`,
    `[2002:${groups}::]`
  ]
}

const names = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "localhost.localdomain",
  "ip6-localhost",
  "metadata.google.internal",
  "metadata",
  "db.internal",
  "intranet",
  "printer.local",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
  "shop.example.local",
  "[::1]",
  "[::]",
  "[fe80::1]",
  "[febf::1]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[2001:0:53aa:64c:0:fbff:80ff:fffe]",
  "[fec0::1]"
]

/** Webhook addresses inside somebody's network, in every spelling, and those that are no plain https. */
export const hostileWebhookUrls: ReadonlyArray<string> = [
  ...new Set([
    ...inside.flatMap(spellings).map((host) => `https://${host}/hook`),
    ...names.flatMap((name) => [`https://${name}/`, `https://${name}:8443/latest/meta-data/`]),
    ...schemes.map((scheme) => `${scheme}://hooks.example/`),
    ...starts.map((start) => `${start}10.0.0.7/`),
    ...scripts,
    ...[21, 22, 23, 25, 53, 80, 110, 3306, 5432, 6379, 8080, 9200, 11_211, 27_017].map(
      (port) => `https://hooks.example:${port}/`
    ),
    ...controls.flatMap((control) => [`${control}https://hooks.example/`, `https://hooks.example/${control}`]),
    "https://user@hooks.example/",
    "https://user:password@hooks.example/",
    "https://hooks.example@10.0.0.7/",
    "https://hooks.example\\@10.0.0.7/",
    "https://hooks.example/\r\nHost: 10.0.0.7",
    "http://hooks.example/",
    "hooks.example",
    "",
    `https://hooks.example/${"x".repeat(2100)}`
  ])
]
