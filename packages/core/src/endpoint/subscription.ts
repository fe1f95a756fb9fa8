/** Which types of messages an endpoint has asked for. */

export const endpointTypesMax = 64
export const endpointTypeLengthMax = 100

/** Words with points between them; a star stands for any rest. */
const pattern = /^(?:[A-Za-z0-9_:-][A-Za-z0-9_.:-]*\*?|\*)$/u

/**
 * Whether these can be asked for: not too many, none too long, and a star only at the end.
 *
 * @example
 * mayBeAskedFor(["payments", "cpn.payment.*"]) // => true
 * mayBeAskedFor(["*.failed"]) // => false
 */
export const mayBeAskedFor = (types: ReadonlyArray<string>): boolean =>
  types.length <= endpointTypesMax && types.every((type) => type.length <= endpointTypeLengthMax && pattern.test(type))

/**
 * Whether a message of this type was asked for. Who asks for nothing in particular is told everything.
 *
 * @example
 * isAskedFor(["cpn.payment.*"], "cpn.payment.completed") // => true
 * isAskedFor(["cpn.payment.*"], "cpn.rfi.updated") // => false
 * isAskedFor([], "payments") // => true
 */
export const isAskedFor = (types: ReadonlyArray<string>, type: string): boolean =>
  types.length === 0 ||
  types.some((asked) => (asked.endsWith("*") ? type.startsWith(asked.slice(0, -1)) : asked === type))
