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
    fi: `Luovutus ${disclosure}, kohta ${item}: tuhotkaa jäljennös heti tai palauttakaa se, ja vahvistakaa, mitä teitte, viimeistään ${written}.`,
    sv: `Utlämnande ${disclosure}, punkt ${item}: förstör kopian genast eller återlämna den, och bekräfta vad ni har gjort senast ${written}.`,
    en: `Disclosure ${disclosure}, item ${item}: destroy the copy at once or return it, and confirm which you have done by ${written}.`,
  }
}
