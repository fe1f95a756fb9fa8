/** UUIDs as text (RFC 9562 §4) of every version, in capitals or not, with hyphens where they belong. */

export const uuidShape = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/u

export const isUuid = (text: string): boolean => uuidShape.test(text)
