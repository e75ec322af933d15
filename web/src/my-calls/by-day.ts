import type { Contact, Segment } from '../api/shapes.ts'
import { locales, type Language } from '../language/language.ts'
import { formatDate, zone } from '../format/instant.ts'

/** Part of a call that the official answered. */
export interface OwnCall {
  contact: Contact
  segment: Segment
  /** True for the call's first part in the list, which has the link. */
  isFirst: boolean
}

export interface OwnDay {
  /** Finnish day, formatted. */
  title: string
  calls: OwnCall[]
  /** Number of calls; parts of one call count once. */
  count: number
}

/** Groups calls, newest first, by the Finnish day of their start: `maanantai 23.11.2026`. */
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
