/** Formats a time of day of the description, `08:00`, the Finnish way: `8.00`. Anything else is returned as it is. */
export function formatClock(time: string): string {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(time) ?? []
  return hours && minutes ? `${Number(hours)}.${minutes}` : time
}

/**
 * Parses a time of day, `8`, `8.00`, `08:00` or `klo 8.00`, into `08:00`; undefined for anything else. The end of the day is
 * `24:00`.
 */
export function readClock(text: string): string | undefined {
  const [, hours, minutes = '00'] = /^(?:klo\s+|kl\.?\s+)?(\d{1,2})(?:[.:](\d{2}))?$/i.exec(text.trim()) ?? []
  if (!hours || Number(minutes) > 59 || Number(hours) * 60 + Number(minutes) > 24 * 60) return undefined
  return `${hours.padStart(2, '0')}:${minutes}`
}
