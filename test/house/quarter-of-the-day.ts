// Random cases that are dear and each as good as the other: every day another quarter of them, so that four days try all.
// In: how many there are. Out: the first of today's, and how many. Never: fewer than all in the long run (SELOSTE_LONG=1).
const quarters = 4

export function quarterOfDay(all: number): { first: number; count: number } {
  if (process.env['SELOSTE_LONG'] === '1') return { first: 0, count: all }
  const count = Math.ceil(all / quarters)
  const day = Temporal.PlainDate.from('2026-01-01').until(Temporal.Now.plainDateISO('UTC'), {
    largestUnit: 'days',
  }).days
  return { first: (((day % quarters) + quarters) % quarters) * count, count }
}
