import { useLanguage } from '../language/use-words.ts'
import type { Score } from './quality-shapes.ts'

/** Score of an evaluation, in words and per cent. */
export function ScoreBadge({ total, isFailed }: Pick<Score, 'total' | 'isFailed'>) {
  const { t, locale } = useLanguage()
  const shown = total === null ? t('quality.score.none') : percentOf(total, locale)
  return (
    <span className={`badge ${isFailed ? 'badge-live-failing' : 'badge-none'}`}>
      {isFailed ? t('quality.score.failed') : t('quality.score', { score: shown })}
    </span>
  )
}

/** 72,5 % */
export function percentOf(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value / 100)
}
