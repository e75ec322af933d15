/** Times in recording metadata: RFC 3339 is the rule (RFC 7865 section 6); clients also send all the forms below. */

const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i
const earliestYear = 2000

/**
 * Parses a time to milliseconds since the epoch. Undefined for an invalid time, and for 1970 and the like (Ribbon's unset
 * clock). `Z`, `+03:00`, `+0300`, `+03` or nothing at the end. Without a zone it is the local time of `zone` (IANA name), and
 * in the hour that occurs twice in autumn the earlier of the two.
 */
export function readTime(text: string, zone: string): number | undefined {
  const match = form.exec(text.trim().slice(0, 64))
  if (!match) return undefined
  const [, date, time, fraction = '', offset] = match
  if (Number(date!.slice(0, 4)) < earliestYear) return undefined
  const local = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}`
  try {
    return offset
      ? Temporal.Instant.from(`${local}${withColon(offset)}`).epochMilliseconds
      : Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(zone, {
          disambiguation: 'compatible',
        }).epochMilliseconds
  } catch {
    return undefined
  }
}

function withColon(offset: string): string {
  if (/^z$/i.test(offset)) return 'Z'
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}
