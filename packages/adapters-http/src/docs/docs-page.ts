/**
 * APIs as a page to read: made from their OpenAPI documents, in one file of a few dozen kilobytes, without scripts and
 * without a request to anybody else. It reads on a phone and prints on paper.
 */
import { type Answer, html, styleHash } from "../front/answer.ts"
import { list, type Part, part, text } from "../json-part.ts"
import { docsStyle } from "./docs-style.ts"
import { type FieldRow, fieldRows } from "./schema-fields.ts"

/** One API: its document, and what it says of itself as HTML. */
export type Book = {
  readonly document: Part
  /** Where the document is, seen from the page. */
  readonly href: string
  /** Keeps the anchors of several books apart. */
  readonly prefix: string
  readonly basics: string
  readonly errors: {
    readonly about: string
    readonly columns: ReadonlyArray<string>
    /** The meaning comes last. */
    readonly rows: ReadonlyArray<ReadonlyArray<string | number>>
  }
}

export const docsPage = async (books: readonly [Book, ...ReadonlyArray<Book>]): Promise<Answer> =>
  html(200, page(books), await styleHash(docsStyle))

type Operation = { readonly method: string; readonly path: string; readonly operation: Part }

const page = (books: readonly [Book, ...ReadonlyArray<Book>]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(titleOf(books[0]))}</title>
<style>${docsStyle}</style>
</head>
<body>
<main>
${books.map(bookArticle).join("\n")}
</main>
</body>
</html>
`

const titleOf = ({ document }: Book): string => text(part(document["info"])["title"])

const bookArticle = (book: Book): string => {
  const { document, href, prefix, basics, errors } = book
  const tags = list(document["tags"]).map((tag) => text(part(tag)["name"]))
  const operations = operationsOf(document)
  const anchor = (name: string): string => escapeHtml(`${prefix}${name}`)
  const { description } = part(document["info"])
  return `<article>
<header>
<h1>${escapeHtml(titleOf(book))}</h1>
<p>${escapeHtml(text(description))} As a machine reads it: <a href="${escapeHtml(href)}">${escapeHtml(href)}</a>.</p>
<nav aria-label="Contents of ${escapeHtml(titleOf(book))}"><ul>
<li><a href="#${anchor("basics")}">Basics</a></li>
${tags.map((tag) => `<li><a href="#${anchor(tag)}">${escapeHtml(tag)}</a></li>`).join("\n")}
<li><a href="#${anchor("errors")}">Error codes</a></li>
</ul></nav>
</header>
<section id="${anchor("basics")}">
<h2>Basics</h2>
${basics}
</section>
${tags.map((tag) => section(anchor, tag, operations, document)).join("\n")}
<section id="${anchor("errors")}">
<h2>Error codes</h2>
<p>${errors.about}</p>
<div class="scroll"><table>
<thead><tr>${errors.columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("")}</tr></thead>
<tbody>
${errors.rows.map((cells) => `<tr>${cells.map((cell) => `<td>${prose(String(cell))}</td>`).join("")}</tr>`).join("\n")}
</tbody></table></div>
</section>
</article>`
}

const operationsOf = (document: Part): ReadonlyArray<Operation> =>
  Object.entries(part(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(part(methods)).map(([method, operation]) => ({ method, path, operation: part(operation) }))
  )

type Anchor = (name: string) => string

const section = (anchor: Anchor, tag: string, operations: ReadonlyArray<Operation>, document: Part): string =>
  `<section id="${anchor(tag)}">
<h2>${escapeHtml(tag)}</h2>
${operations
  .filter(({ operation }) => list(operation["tags"]).includes(tag))
  .map((operation) => operationDetails(anchor, operation, document))
  .join("\n")}
</section>`

const operationDetails = (anchor: Anchor, { method, path, operation }: Operation, document: Part): string => {
  const request = jsonSchema(operation["requestBody"])
  const keyless = list(operation["security"]).length === 0
  return `<details id="${anchor(text(operation["operationId"]))}">
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

/** Words between backticks are code. */
const prose = (description: string): string => escapeHtml(description).replace(/`([^`]*)`/gu, "<code>$1</code>")

const escapeHtml = (plain: string): string => plain.replace(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`)
