/** Returns a moment in tenths of a second, Finnish style: `0.07,4`, `1.02.05,0`. */
export function formatTenths(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100))
  const [seconds, minutes, hours] = [
    Math.floor(tenths / 10) % 60,
    Math.floor(tenths / 600) % 60,
    Math.floor(tenths / 36_000),
  ]
  const two = (n: number) => String(n).padStart(2, '0')
  const before = hours > 0 ? `${hours}.${two(minutes)}` : String(minutes)
  return `${before}.${two(seconds)},${tenths % 10}`
}

/**
 * Parses a moment: `1.02,3`, `1:02.3`, `1.02.05,25`, `62,3`, `62`. A comma begins the decimals. A full stop begins them only
 * after a colon; elsewhere it separates minutes and seconds. Returns milliseconds, or undefined for anything else.
 */
export function readTenths(written: string): number | undefined {
  const [, whole, , decimals = ''] =
    /^((?:\d{1,2}:){1,2}\d{1,2}|(?:\d{1,2}\.){0,2}\d{1,5})(([,.]\d{1,3})?)$/.exec(withoutUnit(written)) ?? []
  if (whole === undefined) return undefined
  // `1.02.3` would be ambiguous: decimals need a comma or a preceding colon.
  if (decimals.startsWith('.') && !whole.includes(':')) return undefined
  const fields = whole.split(/[.:]/).map(Number)
  if (fields.slice(1).some((field) => field > 59)) return undefined
  const seconds = fields.reduce((sum, field) => sum * 60 + field, 0)
  return seconds * 1000 + Math.round(Number(`0.${decimals.slice(1) || '0'}`) * 1000)
}

function withoutUnit(written: string): string {
  return written.trim().replace(/\s*s$/i, '')
}
