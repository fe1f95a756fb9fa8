/** Texts that have broken pages before, and some made for breaking this one. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

/** The Big List of Naughty Strings. */
export const naughtyTexts: ReadonlyArray<string> = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("big-list-of-naughty-strings"), "utf8")
)

export const scriptTexts: ReadonlyArray<string> = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '" onfocus="alert(1)" autofocus="',
  "` onmouseover=alert(1) `",
  "</title><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "</noscript><img src=x onerror=alert(1)>",
  "</bdi></p></header><svg/onload=alert(1)>",
  "</main><script>alert(1)</script>",
  '{"attempt":null}"><script>alert(1)</script>',
  "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;",
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
  "<script\u0000>alert(1)</script>",
  "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
  "\u2028<script>alert(1)</script>\u2029",
  "＜script＞alert(1)＜/script＞",
  "<ſcript>alert(1)</ſcript>",
  "\u202E<script>alert(1)</script>\u202C",
  "javascript:alert(1)",
  "java\tscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:image/svg+xml,<svg onload=alert(1)>",
  `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>')}`,
  "<iframe srcdoc='<script>parent.alert(1)</script>'>",
  "<base href=https://evil.example/>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  "<form action=https://evil.example><button>Pay</button>",
  "<object data=https://evil.example>",
  "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
  "<img src='https://evil.example/x.png'>",
  "<style>@import 'https://evil.example/x.css'</style>",
  "#fff;}*{background:url(https://evil.example)",
  "red} body { background: url(https://evil.example/x) } :root { --x: a",
  "{{constructor.constructor('alert(1)')()}}",
  "#{alert(1)} <%= alert(1) %> {% alert(1) %}",
  "$& $1 $` $' {amount} {merchant} {seconds} {digits}",
  "__proto__",
  "A".repeat(5000),
  "Ẑ̴̧̢̛̛̗͉̦̪̟̦̫̗͓̯̹̣̱̗̘̈́̽̐͂̆̾͒̾̕͜͝a̵l̷g̶o̷".repeat(20)
]

export const hostileTexts: ReadonlyArray<string> = [...scriptTexts, ...naughtyTexts]
