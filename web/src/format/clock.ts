/** A time of day of the description, `08:00`, as it is written in Finland: `8.00`; what is no time of day stays as it is. */
export function formatClock(time: string): string {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(time) ?? []
  return hours && minutes ? `${Number(hours)}.${minutes}` : time
}

/**
 * A time of day as people write it, `8`, `8.00`, `08:00` or `klo 8.00`, as the description says it: `08:00`; undefined
 * where it is none. The end of the day is `24:00`.
 */
export function readClock(text: string): string | undefined {
  const [, hours, minutes = '00'] = /^(?:klo\s+|kl\.?\s+)?(\d{1,2})(?:[.:](\d{2}))?$/i.exec(text.trim()) ?? []
  if (!hours || Number(minutes) > 59 || Number(hours) * 60 + Number(minutes) > 24 * 60) return undefined
  return `${hours.padStart(2, '0')}:${minutes}`
}
