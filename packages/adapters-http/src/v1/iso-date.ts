/** ISO 8601 in UTC with milliseconds, as `/v1` writes every date. */
export const isoDate = (ms: number): string => new Date(ms).toISOString()
