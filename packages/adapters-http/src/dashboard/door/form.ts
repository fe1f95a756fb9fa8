/**
 * What a form sends: texts by name, and perhaps a picture. Read whole or not at all, and never beyond a bound, since
 * whoever embeds the handler owns the server in front of it.
 */
import { declaredTooLarge, readBody } from "../../front/read-body.ts"

export type Form = {
  /** The one value of a field; empty where there is none, or several. */
  readonly text: (name: string) => string
  readonly texts: (name: string) => ReadonlyArray<string>
  /** `undefined` where nothing was chosen. */
  readonly file: (name: string) => Blob | undefined
}

/** `ForeignForm`: none that one of our pages gave to this session. */
export type FormFault = { readonly _tag: "NotAForm" | "FormTooLarge" | "ForeignForm" }

export const formBytesMax = 16 * 1024
/** A form with a picture: its own text once more, and the picture as it was chosen. */
export const pictureFormBytesMax = 256 * 1024

/** Reads the two kinds of form that browsers send (HTML §4.10.22). */
export const readForm = async (request: Request, bytesMax: number): Promise<Form | FormFault> => {
  const type = request.headers.get("content-type") ?? ""
  if (!formType.test(type)) return { _tag: "NotAForm" }
  if (declaredTooLarge(request, bytesMax)) return { _tag: "FormTooLarge" }
  const bytes = await readBody(request, bytesMax)
  if (!(bytes instanceof Uint8Array)) return { _tag: bytes._tag === "BodyTooLarge" ? "FormTooLarge" : "NotAForm" }
  try {
    const copy = new Uint8Array(bytes)
    return formOf(await new Response(copy, { headers: { "content-type": type } }).formData())
  } catch {
    return { _tag: "NotAForm" }
  }
}

export const emptyForm: Form = { text: () => "", texts: () => [], file: () => undefined }

const formType = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)[ \t]*(?:;|$)/iu

const formOf = (data: FormData): Form => {
  const texts = (name: string): ReadonlyArray<string> =>
    data.getAll(name).flatMap((value) => (typeof value === "string" ? [withoutNul(value)] : []))
  return {
    texts,
    text: (name) => {
      const [only = "", ...more] = texts(name)
      return more.length === 0 ? only : ""
    },
    file: (name) => {
      const value = data.get(name)
      return value instanceof Blob && value.size > 0 ? value : undefined
    }
  }
}

/** No text has it, and databases refuse it. */
const withoutNul = (text: string): string => text.replaceAll("\0", "")
