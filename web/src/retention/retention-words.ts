import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { locales, type Language } from '../language/language.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { Due, Grain } from './retention-shapes.ts'
import { zone } from '../format/instant.ts'

/** Returns the text of a code; the code itself if there is none. */
function known(key: string, code: string, say: Say): string {
  const text = say(key as Word)
  return text === key ? code : text
}

/** Returns the text of a run's fault; its stable code if there is none. */
export function sayFault(code: string, say: Say): string {
  return known(`retention.fault.${code}`, code, say)
}

/** Returns the text of a ledger entry's kind. */
export function sayLedgerKind(kind: string, say: Say): string {
  return known(`retention.ledger-kind.${kind}`, kind, say)
}

/** Returns the text of a destruction cause. For a recording, those of the contact page. */
export function sayCause(cause: string, say: Say): string {
  const text = known(`contact.cause.${cause}`, cause, say)
  return text === cause ? known(`retention.ledger-cause.${cause}`, cause, say) : text
}

/** Formats `2026-09` as `syyskuu 2026`. */
export function sayMonth(month: string, language: Language): string {
  const at = new Date(`${month.slice(0, 7)}-15T12:00:00Z`)
  if (Number.isNaN(at.getTime())) return month
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone: zone }).format(at)
}

/** Formats when something is due: `24.11.2026 klo 15–16`, `24.11.2026`, `marraskuu 2026`. */
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
  // Some browsers do not write the two digits requested.
  return `${part('year')}-${part('month').padStart(2, '0')}`
}

function hourOf(instant: string): string {
  return new Intl.DateTimeFormat('fi-FI', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(
    new Date(instant),
  )
}
