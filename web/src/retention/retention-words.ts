import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { locales, type Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { Due, Grain } from './retention-shapes.ts'
import { zone } from '../format/instant.ts'

/** Returns the text of a code; the code itself if there is none. */
function textOrCode(key: string, code: string, t: Translate): string {
  const text = t(key as Word)
  return text === key ? code : text
}

/** Returns the text of a run's fault; its stable code if there is none. */
export function faultText(code: string, t: Translate): string {
  return textOrCode(`retention.fault.${code}`, code, t)
}

/** Returns the text of a ledger entry's kind. */
export function ledgerKindText(kind: string, t: Translate): string {
  return textOrCode(`retention.ledger-kind.${kind}`, kind, t)
}

/** Returns the text of a destruction cause. Causes that recordings have too have the text of the contact page. */
export function causeText(cause: string, t: Translate): string {
  const text = textOrCode(`contact.cause.${cause}`, cause, t)
  return text === cause ? textOrCode(`retention.ledger-cause.${cause}`, cause, t) : text
}

/** Formats `2026-09` as `syyskuu 2026`. */
export function monthText(month: string, language: Language): string {
  const at = new Date(`${month.slice(0, 7)}-15T12:00:00Z`)
  if (Number.isNaN(at.getTime())) return month
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone: zone }).format(at)
}

/** Formats when something is due: `24.11.2026`, `marraskuu 2026`. */
export function spanText({ from }: Pick<Due, 'from'>, by: Grain, language: Language): string {
  return by === 'month' ? monthText(monthOf(from), language) : formatDate(from, language)
}

/** `12 tallennetta ja 130 yhteydenoton tiedot` */
export function dueText(
  { recordings, contacts }: Pick<Due, 'recordings' | 'contacts'>,
  t: Translate,
  language: Language,
) {
  const number = (count: number) => ({ count, number: formatCount(count, language) })
  return t('retention.due.both', {
    recordings: t('retention.due.recordings', number(recordings)),
    contacts: t('retention.due.contacts', number(contacts)),
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
