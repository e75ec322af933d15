import { Play } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { formatTenths } from './tenths.ts'
import type { Doubt, Turn } from './work.ts'

/** Marks uncertain words behind the text field, which cannot contain marks. Hidden from screen readers: see UncertainWords. */
export function WordMarks({ turn: { text, doubts = [] } }: { turn: Turn }) {
  if (doubts.length === 0) return null
  return (
    <span className="turn-marks input" aria-hidden="true">
      {doubts.map(({ from, to }, index) => (
        <span key={from}>
          {text.slice(doubts[index - 1]?.to ?? 0, from)}
          <mark>{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(doubts.at(-1)?.to)}
    </span>
  )
}

/** Lists the uncertain words of a turn: each is selected and played by a press. */
export function UncertainWords({ turn, onDoubt }: { turn: Turn; onDoubt: (key: number, doubt: Doubt) => void }) {
  const { t } = useLanguage()
  const { key, text, doubts = [] } = turn
  if (doubts.length === 0) return null
  return (
    <div className="turn-doubts" role="group" aria-label={t('anonymisation.turn.doubts', { count: doubts.length })}>
      <span className="muted">{t('anonymisation.turn.doubts', { count: doubts.length })}</span>
      {doubts.map((doubt) => {
        const word = text.slice(doubt.from, doubt.to)
        return (
          <Button
            key={doubt.from}
            kind="quiet"
            className="small"
            aria-label={t('anonymisation.turn.doubt', { word, at: formatTenths(doubt.fromMs) })}
            onPress={() => onDoubt(key, doubt)}
          >
            <Play aria-hidden="true" size={14} />
            {word}
          </Button>
        )
      })}
    </div>
  )
}
