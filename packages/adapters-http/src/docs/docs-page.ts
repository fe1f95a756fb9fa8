/**
 * The API as a page to read: made from its OpenAPI document, in one file of a few dozen kilobytes, without scripts and
 * without a request to anybody else. It reads on a phone and prints on paper.
 */
import { type Answer, html, styleHash } from "../front/answer.ts"
import { list, type Part, part, text } from "../json-part.ts"
import { docsStyle } from "./docs-style.ts"
import { errorCodes } from "./error-codes.ts"
import { type FieldRow, fieldRows } from "./schema-fields.ts"

export const docsPage = async (document: Part): Promise<Answer> => html(200, page(document), await styleHash(docsStyle))

type Operation = { readonly method: string; readonly path: string; readonly operation: Part }

const page = (document: Part): string => {
  const { title, description } = part(document["info"])
  const tags = list(document["tags"]).map((tag) => text(part(tag)["name"]))
  const operations = operationsOf(document)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(text(title))}</title>
<style>${docsStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(text(title))}</h1>
<p>${escapeHtml(text(description))} As a machine reads it: <a href="openapi.json">openapi.json</a>.</p>
<nav aria-label="Contents"><ul>
<li><a href="#basics">Basics</a></li>
${tags.map((tag) => `<li><a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a></li>`).join("\n")}
<li><a href="#errors">Error codes</a></li>
</ul></nav>
</header>
<main>
${basics}
${tags.map((tag) => section(tag, operations, document)).join("\n")}
${errorTable}
</main>
</body>
</html>
`
}

const operationsOf = (document: Part): ReadonlyArray<Operation> =>
  Object.entries(part(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(part(methods)).map(([method, operation]) => ({ method, path, operation: part(operation) }))
  )

const section = (tag: string, operations: ReadonlyArray<Operation>, document: Part): string =>
  `<section id="${escapeHtml(tag)}">
<h2>${escapeHtml(tag)}</h2>
${operations
  .filter(({ operation }) => list(operation["tags"]).includes(tag))
  .map((operation) => operationDetails(operation, document))
  .join("\n")}
</section>`

const operationDetails = ({ method, path, operation }: Operation, document: Part): string => {
  const request = jsonSchema(operation["requestBody"])
  const keyless = list(operation["security"]).length === 0
  return `<details id="${escapeHtml(text(operation["operationId"]))}">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code>
<span class="quiet name">${escapeHtml(text(operation["summary"]))}</span></summary>
<div>
${keyless ? `<p class="quiet">Needs no key.</p>` : ""}
${table("Parameters", parameterRows(operation))}
${table("Request", request === undefined ? [] : fieldRows(request, document))}
${responses(part(operation["responses"]), document)}
</div>
</details>`
}

const parameterRows = (operation: Part): ReadonlyArray<FieldRow> =>
  list(operation["parameters"]).map((parameter) => {
    const { name, required, schema, ...rest } = part(parameter)
    const description = text(rest["description"]) || text(part(schema)["description"])
    return { path: text(name), required: required === true, type: text(rest["in"]), description }
  })

const responses = (all: Part, document: Part): string => {
  const successes = Object.entries(all).filter(([status]) => status < "400")
  const failures = Object.keys(all).filter((status) => status >= "400")
  const tables = successes.map(([status, response]) => {
    const rows = fieldRows(jsonSchema(response) ?? {}, document)
    const isWrapped = rows.some(({ path }) => path === "data")
    const shown = isWrapped ? rows.filter(({ path }) => path !== "data").map(withoutPrefix) : rows
    const title = `Response ${status}${isWrapped ? ": data" : ""}`
    return rows.length === 0 ? `<h3>${title}</h3><p>No body.</p>` : table(title, shown)
  })
  return `${tables.join("\n")}
<p class="quiet">Refusals: ${failures.join(", ")}.</p>`
}

/** Nearly every answer is an object with all it says under `data`. */
const withoutPrefix = (field: FieldRow): FieldRow => ({ ...field, path: field.path.replace(/^data\./u, "") })

const jsonSchema = (holder: unknown): Part | undefined => {
  const content = part(part(part(holder)["content"])["application/json"])
  return "schema" in content ? part(content["schema"]) : undefined
}

const table = (title: string, rows: ReadonlyArray<FieldRow>): string =>
  rows.length === 0
    ? ""
    : `<h3>${escapeHtml(title)}</h3>
<div class="scroll"><table class="fields">
<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>
${rows.map(row).join("\n")}
</tbody></table></div>`

const row = ({ path, required, type, description }: FieldRow): string =>
  `<tr><td><code>${escapeHtml(path)}</code>${required ? " *" : ""}</td>
<td>${escapeHtml(type)}</td><td>${prose(description)}</td></tr>`

const basics = `<section id="basics">
<h2>Basics</h2>
<p>Every call but <code>/ping</code> carries <code>Authorization: Bearer &lt;key&gt;</code>. Bodies are JSON in
UTF-8, at most 64 KiB. Fields marked * are required; unknown fields are ignored; <code>null</code> means absent.</p>
<pre><code>curl -H "Authorization: Bearer $KEY" "$HOST/v1/configuration"</code></pre>
<p><strong>Repeat safely.</strong> Each POST takes an <code>idempotencyKey</code>, a UUID. The same request with
the same key is carried out once and answered alike each time, marked <code>Idempotent-Replayed: true</code>, for
30 days. A request that was refused binds no key: correct it and send it again.</p>
<p><strong>Card data</strong> is encrypted by the client to the key of <code>/v1/encryption/public</code> and never
shown again.</p>
<p><strong>Payments are asynchronous.</strong> Read a payment until its status has left <code>pending</code>.
<code>confirmed</code> is approved, <code>paid</code> is settled, <code>failed</code> says why in
<code>errorCode</code>.</p>
<p><strong>Lists</strong> are newest first. Follow the <code>Link</code> header from page to page.</p>
</section>`

const errorTable = `<section id="errors">
<h2>Error codes</h2>
<p>A refusal is <code>{"code","message","errors"?}</code>; with code 2, <code>errors</code> names each field by its
dotted path in <code>location</code>.</p>
<div class="scroll"><table>
<thead><tr><th>Code</th><th>HTTP</th><th>Meaning</th></tr></thead>
<tbody>
${errorCodes.map(([code, http, meaning]) => `<tr><td>${code}</td><td>${http}</td><td>${meaning}</td></tr>`).join("\n")}
</tbody></table></div>
</section>`

/** Words between backticks are code. */
const prose = (description: string): string => escapeHtml(description).replace(/`([^`]*)`/gu, "<code>$1</code>")

const escapeHtml = (plain: string): string => plain.replace(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`)
