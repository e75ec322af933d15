/** Formats counts, times and shares in the three languages. Times are Finnish time. */
import texts from '#texts/server/promise.json' with { type: 'json' }
import { dayText, momentText } from '#description/value-texts.ts'
import { inEach, trilingualTexts, type Language, type Trilingual } from '#platform/texts/texts.ts'

const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }
const part = trilingualTexts(texts)

export type Formatter = ReturnType<typeof formatterAt>

/** Returns functions that format values in each language, ages relative to `now`; instants and dates are ISO 8601. */
export function formatterAt(now: Temporal.Instant) {
  /** `14 minuuttia sitten` */
  function ago(iso: string): Trilingual {
    const seconds = now.since(Temporal.Instant.from(iso)).total('seconds')
    if (seconds < 60) return part('promise.just-now')
    const [amount, unit] =
      seconds < 3600
        ? ([seconds / 60, 'minute'] as const)
        : seconds < 172_800
          ? ([seconds / 3600, 'hour'] as const)
          : ([seconds / 86_400, 'day'] as const)
    return inEach((language) =>
      new Intl.RelativeTimeFormat(locales[language], { numeric: 'always' }).format(-Math.floor(amount), unit),
    )
  }
  return {
    /** Formats a part of a sentence from its text. */
    part,
    ago,
    /** `12 408` */
    number: (n: number): Trilingual => inEach((language) => new Intl.NumberFormat(locales[language]).format(n)),
    /** 0.1 -> `10 %` */
    percent: (share: number): Trilingual =>
      inEach((language) =>
        new Intl.NumberFormat(locales[language], { style: 'percent', maximumFractionDigits: 1 }).format(share),
      ),
    /** `28.2.2027 klo 10.05` */
    instant: (iso: string): Trilingual => momentText(Temporal.Instant.from(iso)),
    /** Formats an instant by its day in Finland: `28.2.2027` */
    day: (iso: string): Trilingual =>
      dayText(Temporal.Instant.from(iso).toZonedDateTimeISO('Europe/Helsinki').toPlainDate()),
    /** `28.2.2027` */
    date: (iso: string): Trilingual => dayText(Temporal.PlainDate.from(iso)),
    /** `viimeisin poistoajo 14 minuuttia sitten`, or a text that none has run */
    sweep: (iso: string | null): Trilingual =>
      iso === null ? part('promise.sweep.none') : part('promise.sweep', { ago: ago(iso) }),
  }
}
