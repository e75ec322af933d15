/** Parses 2026-03-01 or, as Finnish spreadsheets write it, 1.3.2026; undefined if it is not a day. */
export function readDay(written: string): Temporal.PlainDate | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(written)
  const finnish = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(written)
  const [year, month, day] = iso?.slice(1) ?? finnish?.slice(1).reverse() ?? []
  if (year === undefined) return undefined
  try {
    return Temporal.PlainDate.from(
      { year: Number(year), month: Number(month), day: Number(day) },
      { overflow: 'reject' },
    )
  } catch {
    return undefined
  }
}
