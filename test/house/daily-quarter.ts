// Selects a quarter of expensive, equivalent random cases by the day, so that four days run all of them. SELOSTE_LONG=1 runs
// all at once.
const quarters = 4

export function dailyQuarter(all: number): { first: number; count: number } {
  if (process.env['SELOSTE_LONG'] === '1') return { first: 0, count: all }
  const count = Math.ceil(all / quarters)
  const day = Temporal.PlainDate.from('2026-01-01').until(Temporal.Now.plainDateISO('UTC'), {
    largestUnit: 'days',
  }).days
  return { first: (((day % quarters) + quarters) % quarters) * count, count }
}
