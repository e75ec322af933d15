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
  const written = dayBefore(due_at)
  return {
    fi: `Luovutus ${disclosure}, kohta ${item}: tuhotkaa jäljennös heti tai palauttakaa se, ja vahvistakaa, mitä teitte, viimeistään ${written}.`,
    sv: `Utlämnande ${disclosure}, punkt ${item}: förstör kopian genast eller återlämna den, och bekräfta vad ni har gjort senast ${written}.`,
    en: `Disclosure ${disclosure}, item ${item}: destroy the copy at once or return it, and confirm which you have done by ${written}.`,
  }
}

/** What an institute is told of copies that it has, or had; nothing of whose recordings they are (R32). */
export const lentNotices = {
  'study-ended': ({ disclosure, items, deadline }: OfCopies) => {
    const day = dayBefore(deadline)
    return {
      fi: `Luovutus ${disclosure}: tutkimus on päättynyt. Tuhotkaa kaikki jäljennökset heti tai palauttakaa ne, ja vahvistakaa kohta kohdalta, mitä teitte, viimeistään ${day}. Vahvistamatta: ${numbered(items, 'kohta', 'kohdat')}.`,
      sv: `Utlämnande ${disclosure}: undersökningen har avslutats. Förstör alla kopior genast eller återlämna dem, och bekräfta punkt för punkt vad ni har gjort senast ${day}. Obekräftade: ${numbered(items, 'punkt', 'punkterna')}.`,
      en: `Disclosure ${disclosure}: the study has ended. Destroy every copy at once or return it, and confirm item by item which you have done by ${day}. Not confirmed: ${numbered(items, 'item', 'items')}.`,
    }
  },
  overdue: ({ disclosure, items, deadline }: OfCopies) => {
    const day = dayBefore(deadline)
    return {
      fi: `Luovutus ${disclosure}: jäljennökset oli palautettava tai tuhottava viimeistään ${day}. Tuhotkaa ne heti tai palauttakaa ne, ja vahvistakaa, mitä teitte: ${numbered(items, 'kohta', 'kohdat')}. Ennen sitä teille ei luovuteta muita tallenteita.`,
      sv: `Utlämnande ${disclosure}: kopiorna skulle ha återlämnats eller förstörts senast ${day}. Förstör dem genast eller återlämna dem, och bekräfta vad ni har gjort: ${numbered(items, 'punkt', 'punkterna')}. Innan dess lämnas inga andra inspelningar ut till er.`,
      en: `Disclosure ${disclosure}: the copies had to be returned or destroyed by ${day}. Destroy them at once or return them, and confirm which you have done: ${numbered(items, 'item', 'items')}. Until then no other recordings are disclosed to you.`,
    }
  },
  closed: ({ disclosure, items }: OfCopies) => ({
    fi: `Luovutus ${disclosure}: kaikki jäljennökset on vahvistettu palautetuiksi tai tuhotuiksi (${items.length}). Luovutus on suljettu.`,
    sv: `Utlämnande ${disclosure}: alla kopior har bekräftats återlämnade eller förstörda (${items.length}). Utlämnandet har avslutats.`,
    en: `Disclosure ${disclosure}: every copy is confirmed as returned or destroyed (${items.length}). The disclosure is closed.`,
  }),
} satisfies Record<string, (of: OfCopies) => { fi: string; sv: string; en: string }>

interface OfCopies {
  /** Its number. */
  disclosure: string
  items: readonly number[]
  deadline: Temporal.Instant
}

/** It is due at the end of a day: 24.00 is told as that day. */
function dayBefore(instant: Temporal.Instant): string {
  const day = instant.subtract({ milliseconds: 1 }).toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
  return `${day.day}.${day.month}.${day.year}`
}

function numbered(items: readonly number[], one: string, several: string): string {
  return `${items.length === 1 ? one : several} ${items.join(', ')}`
}
