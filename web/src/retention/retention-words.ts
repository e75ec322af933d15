import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { locales, type Language } from '../language/language.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { Due, Grain } from './retention-shapes.ts'
import { zone } from '../format/instant.ts'

/** A word of the dictionaries by its code; the code itself where there is none for it. */
function known(key: string, code: string, say: Say): string {
  const said = say(key as Word)
  return said === key ? code : said
}

/** What a run stumbled over; its stable code where the pages have no words for it. */
export function sayFault(code: string, say: Say): string {
  return known(`retention.fault.${code}`, code, say)
}

/** What an entry of the destruction ledger is about. */
export function sayLedgerKind(kind: string, say: Say): string {
  return known(`retention.ledger-kind.${kind}`, kind, say)
}

/** Why it ended. A recording's causes are those that the contact page says. */
export function sayCause(cause: string, say: Say): string {
  const said = known(`contact.cause.${cause}`, cause, say)
  return said === cause ? known(`retention.ledger-cause.${cause}`, cause, say) : said
}

/** `2026-09` as `syyskuu 2026` */
export function sayMonth(month: string, language: Language): string {
  const at = new Date(`${month.slice(0, 7)}-15T12:00:00Z`)
  if (Number.isNaN(at.getTime())) return month
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone: zone }).format(at)
}

/** When something is due: `24.11.2026 klo 15–16`, `24.11.2026`, `marraskuu 2026`. */
export function saySpan({ from, until }: Pick<Due, 'from' | 'until'>, by: Grain, say: Say, language: Language): string {
  if (by === 'month') return sayMonth(monthOf(from), language)
  if (by === 'day') return formatDate(from, language)
  return say('retention.due.hour', { date: formatDate(from, language), from: hourOf(from), until: hourOf(until) })
}

/** `12 tallennetta ja 130 kontaktihistorian tietoa` */
export function sayDue({ recordings, contacts }: Pick<Due, 'recordings' | 'contacts'>, say: Say, language: Language) {
  const number = (count: number) => ({ count, number: formatCount(count, language) })
  return say('retention.due.both', {
    recordings: say('retention.due.recordings', number(recordings)),
    contacts: say('retention.due.contacts', number(contacts)),
  })
}

function monthOf(instant: string): string {
  const parts = new Intl.DateTimeFormat('sv-FI', { year: 'numeric', month: '2-digit', timeZone: zone }).formatToParts(
    new Date(instant),
  )
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  // Not every browser writes two digits where asked to.
  return `${part('year')}-${part('month').padStart(2, '0')}`
}

function hourOf(instant: string): string {
  return new Intl.DateTimeFormat('fi-FI', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(
    new Date(instant),
  )
}
