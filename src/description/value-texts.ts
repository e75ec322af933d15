import { inEach, type Language, type Trilingual } from '#platform/texts/texts.ts'
import { termZone } from './terms.ts'

const englishMonths = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** 24.11.2026; in English 24 Nov 2026. An instant is formatted as its day in Europe/Helsinki. */
export function dayText(day: Temporal.PlainDate | Temporal.Instant): Trilingual {
  const date = day instanceof Temporal.Instant ? day.toZonedDateTimeISO(termZone).toPlainDate() : day
  const finnish = `${date.day}.${date.month}.${date.year}`
  return { fi: finnish, sv: finnish, en: `${date.day} ${englishMonths[date.month - 1]!} ${date.year}` }
}

/** Formats the last day of an interval that ends before `until`. */
export function lastDayText(until: Temporal.Instant): Trilingual {
  return dayText(until.subtract({ nanoseconds: 1 }))
}

/** 24.11.2026 klo 14.05; in English 24 Nov 2026 at 14:05. */
export function momentText(at: Temporal.Instant): Trilingual {
  const day = dayText(at)
  const { hour, minute } = at.toZonedDateTimeISO(termZone)
  return inEach((language) => `${day[language]} ${before[language]} ${clock(hour, minute, language)}`)
}
const before: Trilingual = { fi: 'klo', sv: 'kl.', en: 'at' }

/** 8.00; in English 8:00. The last moment of a day is 24.00. */
export function clockText({ hour, minute, nanosecond }: Temporal.PlainTime): Trilingual {
  return inEach((language) => (nanosecond > 0 ? clock(24, 0, language) : clock(hour, minute, language)))
}

function clock(hour: number, minute: number, language: Language): string {
  return `${hour}${language === 'en' ? ':' : '.'}${String(minute).padStart(2, '0')}`
}

/** 0.125 as 12,5; in English 12.5. Not rounded: a change must be visible. */
export function percentText(share: number): Trilingual {
  const plain = String(Number((share * 100).toPrecision(12)))
  return inEach((language) => (language === 'en' ? plain : plain.replace('.', ',')))
}

/** a, b ja c. */
export function listText(items: readonly (string | Trilingual)[]): Trilingual {
  return inEach((language) => {
    const texts = items.map((item) => (typeof item === 'string' ? item : item[language]))
    return texts.length < 2
      ? (texts[0] ?? '')
      : `${texts.slice(0, -1).join(', ')} ${and[language]} ${texts[texts.length - 1]!}`
  })
}
const and: Trilingual = { fi: 'ja', sv: 'och', en: 'and' }
