import { locales, type Language } from '../language/language.ts'

/** `1 248 331` */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count)
}

/** A share between 0 and 1 as `10 %`; up to two decimals where they are there. */
export function formatShare(share: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { style: 'percent', maximumFractionDigits: 2 }).format(share)
}

/** The keyed draw, 0 to 1, to four decimals: `0,0421`. */
export function formatDraw(draw: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { minimumFractionDigits: 4, maximumFractionDigits: 4 }).format(draw)
}

/** A playing speed: `1,25`. */
export function formatSpeed(speed: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: 2 }).format(speed)
}

/** A number to one decimal at most: `4,5`. */
export function formatDecimal(number: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: 1 }).format(number)
}

/** A sentence in which a number that is written in groups, `029 497 000` or `10 %`, does not break between lines. */
export function keepTogether(sentence: string): string {
  return sentence.replace(/(?<=\d) (?=[\d%])/g, '\u00a0')
}
