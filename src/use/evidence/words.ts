/** How counts, times and shares are written in the three languages; times are Finnish time. */
import { languages, type Language } from '#description/register-description.ts'

const zone = 'Europe/Helsinki'
const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-FI' }
const between: Record<Language, string> = { fi: ' klo ', sv: ' kl. ', en: ' at ' }
const justNow: Record<Language, string> = { fi: 'juuri äsken', sv: 'alldeles nyss', en: 'just now' }
const never: Record<Language, string> = { fi: 'ei vielä', sv: 'inte ännu', en: 'not yet' }

export interface Words {
  /** `12 408 tallennetta`, `1 tallenne`. */
  count: (n: number, one: string, many: string) => string
  number: (n: number) => string
  /** 0.1 -> `10 %` */
  percent: (share: number) => string
  /** `28.2.2027 klo 10.05` */
  instant: (iso: string) => string
  /** `28.2.2027` */
  date: (iso: string) => string
  /** `14 minuuttia sitten`; of nothing, `ei vielä` */
  ago: (iso: string | null) => string
}

/** The three languages' words as seen at `now`. */
export function wordsAt(now: Temporal.Instant): Record<Language, Words> {
  return Object.fromEntries(languages.map((language) => [language, wordsOf(language, now)])) as Record<Language, Words>
}

function wordsOf(language: Language, now: Temporal.Instant): Words {
  const locale = locales[language]
  const number = (n: number) => new Intl.NumberFormat(locale).format(n)
  const date = (iso: string) => format(iso, { day: 'numeric', month: 'numeric', year: 'numeric' })
  const time = (iso: string) => format(iso, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
  function format(iso: string, options: Intl.DateTimeFormatOptions): string {
    // Without a time it is a day, the same everywhere.
    const timeZone = iso.includes('T') ? zone : 'UTC'
    return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(new Date(iso))
  }
  return {
    count: (n, one, many) => `${number(n)} ${n === 1 ? one : many}`,
    number,
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    instant: (iso) => `${date(iso)}${between[language]}${time(iso)}`,
    date,
    ago(iso) {
      if (iso === null) return never[language]
      const seconds = now.since(Temporal.Instant.from(iso)).total('seconds')
      if (seconds < 60) return justNow[language]
      const [amount, unit] =
        seconds < 3600
          ? ([seconds / 60, 'minute'] as const)
          : seconds < 172_800
            ? ([seconds / 3600, 'hour'] as const)
            : ([seconds / 86_400, 'day'] as const)
      return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(-Math.floor(amount), unit)
    },
  }
}
