/** How counts, times and shares are written in the three languages; times are Finnish time, `28.2.2027 10.05`. */
import { languages, type Language } from '#description/closed-lists.ts'
import { termZone } from '#description/terms.ts'

/** All three as Finland writes them, as the screens do: in English, too, a comma parts decimals. */
const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-FI' }
const justNow: Record<Language, string> = { fi: 'juuri äsken', sv: 'alldeles nyss', en: 'just now' }
const lastSweep: Record<Language, string> = { fi: 'viimeisin poistoajo', sv: 'senaste gallring', en: 'last sweep' }
const noSweep: Record<Language, string> = {
  fi: 'poistoajoa ei ole vielä ollut',
  sv: 'gallringen har inte körts ännu',
  en: 'no sweep yet',
}

export interface Words {
  /** `12 408 tallennetta`, `1 tallenne`. */
  count: (n: number, one: string, many: string) => string
  number: (n: number) => string
  /** 0.1 -> `10 %` */
  percent: (share: number) => string
  /** `28.2.2027 10.05` */
  instant: (iso: string) => string
  /** `28.2.2027` */
  date: (iso: string) => string
  /** `14 minuuttia sitten` */
  ago: (iso: string) => string
  /** `viimeisin poistoajo 14 minuuttia sitten`, or that there was none */
  sweep: (iso: string | null) => string
}

/** The three languages' words as seen at `now`. */
export function wordsAt(now: Temporal.Instant): Record<Language, Words> {
  return Object.fromEntries(languages.map((language) => [language, wordsOf(language, now)])) as Record<Language, Words>
}

function wordsOf(language: Language, now: Temporal.Instant): Words {
  const locale = locales[language]
  const number = (n: number) => new Intl.NumberFormat(locale).format(n)
  const words: Words = {
    count: (n, one, many) => `${number(n)} ${n === 1 ? one : many}`,
    number,
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    instant(iso) {
      const at = Temporal.Instant.from(iso).toZonedDateTimeISO(termZone)
      return `${day(at)} ${at.hour}.${String(at.minute).padStart(2, '0')}`
    },
    date: (iso) => day(Temporal.PlainDate.from(iso)),
    ago(iso) {
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
    sweep: (iso) => (iso === null ? noSweep[language] : `${lastSweep[language]} ${words.ago(iso)}`),
  }
  return words
}

function day({ day, month, year }: { day: number; month: number; year: number }): string {
  return `${day}.${month}.${year}`
}
