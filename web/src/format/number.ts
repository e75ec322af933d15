import { locales, type Language } from '../language/language.ts'

/** `1 248 331` */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count)
}

/** A share between 0 and 1 as `10 %`, with up to two decimals. */
export function formatShare(share: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { style: 'percent', maximumFractionDigits: 2 }).format(share)
}

/** The keyed draw, 0 to 1, with four decimals: `0,0421`. */
export function formatDraw(draw: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { minimumFractionDigits: 4, maximumFractionDigits: 4 }).format(draw)
}

/** A playback speed: `1,25`. */
export function formatSpeed(speed: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: 2 }).format(speed)
}

/** A number with at most one decimal: `4,5`. */
export function formatDecimal(number: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: 1 }).format(number)
}

/** Replaces spaces within numbers, `029 497 000` or `10 %`, by no-break spaces. */
export function withoutBreaks(sentence: string): string {
  return sentence.replace(/(?<=\d) (?=[\d%])/g, '\u00a0')
}
