import type { Contact, Segment } from '../api/shapes.ts'
import { locales, type Language } from '../language/language.ts'
import { formatDate, zone } from '../format/instant.ts'

/** One part of a call that its official answered. */
export interface OwnCall {
  contact: Contact
  segment: Segment
  /** The call's first part in the list has its link. */
  isFirst: boolean
}

export interface OwnDay {
  /** The Finnish day, as it is written. */
  title: string
  calls: OwnCall[]
  /** Calls, each once however many parts of it are the official's own. */
  count: number
}

/** Calls, newest first, under the Finnish day on which they began: `maanantai 23.11.2026`. */
export function byDay(contacts: readonly Contact[], language: Language): OwnDay[] {
  const weekday = new Intl.DateTimeFormat(locales[language], { weekday: 'long', timeZone: zone })
  const days = new Map<string, Contact[]>()
  for (const contact of contacts) {
    const date = formatDate(contact.startedAt, language)
    days.set(date, [...(days.get(date) ?? []), contact])
  }
  return [...days].map(([date, ofDay]) => ({
    title: `${weekday.format(new Date(ofDay[0]!.startedAt))} ${date}`,
    calls: ofDay.flatMap((contact) =>
      contact.segments.map((segment, index) => ({ contact, segment, isFirst: index === 0 })),
    ),
    count: ofDay.length,
  }))
}
