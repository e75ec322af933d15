/** What the recipient of a disclosed copy is told when it is recalled; nothing of whose recording it is (R50). */
export function recallNotice({
  disclosure,
  item,
  due_at,
}: {
  disclosure: string
  item: number
  due_at: Temporal.Instant
}): { fi: string; sv: string; en: string } {
  // It is due at the end of a day: 24.00 is told as that day.
  const day = due_at.subtract({ milliseconds: 1 }).toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
  const written = `${day.day}.${day.month}.${day.year}`
  return {
    fi: `Luovutus ${disclosure}, kohde ${item}: tuhotkaa kopio heti tai palauttakaa se, ja vahvistakaa se viimeistään ${written}.`,
    sv: `Utlämnande ${disclosure}, objekt ${item}: förstör kopian genast eller återlämna den, och bekräfta det senast ${written}.`,
    en: `Disclosure ${disclosure}, item ${item}: destroy the copy at once or return it, and confirm that by ${written}.`,
  }
}
