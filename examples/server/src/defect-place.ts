/** A defect as it may be logged: what failed and where, without the message, which may quote what was worked on. */
export const placeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return typeof cause
  const frames = (cause.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
  return [cause.name, ...frames].join("\n")
}
