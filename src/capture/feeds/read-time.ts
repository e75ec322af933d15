/** Result of reading a time in a detail record: none, an instant, or a problem. */
export type ReadTime =
  | { readonly is: 'none' }
  | { readonly is: 'at'; readonly at: Temporal.Instant; readonly isDoubtful: boolean }
  | { readonly is: 'problem'; readonly reason: 'time-unreadable' | 'time-impossible' }

const none = new Set(['', '0', '-', 'null', '0000-00-00 00:00:00', '1970-01-01 00:00:00'])
/** Units of a number since 1970, by its number of digits, which is unambiguous from 2001 to 2286: s, ms or µs. */
const epochScales: readonly (readonly [RegExp, number])[] = [
  [/^\d{9,10}(?:\.\d+)?$/, 1000],
  [/^\d{12,13}$/, 1],
  [/^\d{15,16}$/, 0.001],
]

/**
 * Reads a number since 1970, an ISO 8601 instant, or a local time in `zone`. If a local time is ambiguous (end of DST), returns
 * the instant nearer to `hint`, or the first one that is not before `notBefore`; without either, the first one, marked as
 * doubtful.
 */
export function readTime(
  written: string,
  zone: string,
  { notBefore, hint }: { notBefore?: Temporal.Instant | undefined; hint?: Temporal.Instant | undefined } = {},
): ReadTime {
  const text = written.trim()
  if (none.has(text)) return { is: 'none' }
  for (const [form, scale] of epochScales) {
    if (form.test(text)) return at(Temporal.Instant.fromEpochMilliseconds(Math.round(Number(text) * scale)))
  }
  const iso = text.replace(/^(\d{4}-\d\d-\d\d)[ T]/, '$1T').replace(/ ?([+-]\d\d):?(\d\d)$/, '$1:$2')
  try {
    if (/(?:Z|[+-]\d\d:\d\d)$/.test(iso)) return at(Temporal.Instant.from(iso))
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso)) return { is: 'problem', reason: 'time-unreadable' }
    return readLocal(Temporal.PlainDateTime.from(iso))
  } catch {
    return { is: 'problem', reason: 'time-unreadable' }
  }

  function readLocal(local: Temporal.PlainDateTime): ReadTime {
    const [first, second] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(zone, { disambiguation }),
    )
    if (!first || !second || !first.toPlainDateTime().equals(local)) return { is: 'problem', reason: 'time-impossible' }
    const [early, late] = [first.toInstant(), second.toInstant()]
    if (early.equals(late)) return at(early)
    if (hint) return at(distance(early, hint) <= distance(late, hint) ? early : late)
    if (notBefore) return at(early.epochMilliseconds >= notBefore.epochMilliseconds - 1000 ? early : late)
    return { is: 'at', at: early, isDoubtful: true }
  }
}

function at(instant: Temporal.Instant): ReadTime {
  return { is: 'at', at: instant, isDoubtful: false }
}

function distance(one: Temporal.Instant, other: Temporal.Instant): number {
  return Math.abs(one.epochMilliseconds - other.epochMilliseconds)
}
