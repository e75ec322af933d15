import { Check, CircleDashed, Play, Scissors, Trash2 } from 'lucide-react'
import { memo, useId, useRef } from 'react'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { trackWords, type CopyTurn } from './copy-shapes.ts'
import { PickOne } from './pick-one.tsx'
import { RowButton } from './row-button.tsx'
import { formatTenths } from './tenths.ts'
import { TimeField } from './time-field.tsx'
import { turnId } from './turn-id.ts'
import { UncertainWords, WordMarks } from './uncertain-words.tsx'
import { wrongTimes, type Doubt, type Turn } from './work.ts'

/** One turn: time, language and words. */
export const TurnRow = memo(function TurnRow({
  turn,
  durationMs,
  isOverlapping,
  isIdentifying,
  isPlaying,
  onPlay,
  onDoubt,
  onChange,
  onSplit,
  onAccept,
  onRemove,
}: {
  turn: Turn
  durationMs: number
  /** Overlaps another turn of its track. */
  isOverlapping: boolean
  /** The server found identifying words. */
  isIdentifying: boolean
  /** The original plays within this turn. */
  isPlaying: boolean
  onPlay: (ms: number) => void
  /** Selects an uncertain word and plays it. */
  onDoubt: (key: number, doubt: Doubt) => void
  onChange: (key: number, change: Partial<CopyTurn>, act: string) => void
  onSplit: (key: number, caret: number) => void
  /** @param focus where the focus goes in the next unreviewed turn */
  onAccept: (key: number, focus?: 'textarea') => void
  onRemove: (key: number) => void
}) {
  const { t } = useLanguage()
  const { key, track, fromMs, toMs, language, text } = turn
  const isUnreviewed = turn.isReviewed === false
  const words = useRef<HTMLTextAreaElement>(null)
  const noteId = useId()
  const wrong = wrongTimes(fromMs, toMs, durationMs)
  const who = t(trackWords[track])
  const name = t('anonymisation.turn.named', { who, from: formatTenths(fromMs), to: formatTenths(toMs) })
  return (
    <li>
      <div
        id={turnId(key)}
        role="group"
        aria-label={name}
        className={`work-row turn-row turn-${track.toLowerCase()} ${isUnreviewed ? 'is-unreviewed' : ''} ${isPlaying ? 'is-playing' : ''}`}
        aria-current={isPlaying ? 'true' : undefined}
        tabIndex={-1}
      >
        <span className="turn-who">{who}</span>
        <TimeField
          label={t('anonymisation.from')}
          valueMs={fromMs}
          wrong={wrong && t(`anonymisation.times.${wrong}`)}
          onChange={(ms) => onChange(key, { fromMs: ms }, 'times')}
        />
        <TimeField
          label={t('anonymisation.to')}
          valueMs={toMs}
          onChange={(ms) => onChange(key, { toMs: ms }, 'times')}
        />
        <PickOne
          label={t('anonymisation.language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={language}
          onChange={(changed) => onChange(key, { language: changed }, 'language')}
        />
        {isUnreviewed && (
          <span className="work-mark">
            <CircleDashed aria-hidden="true" size={18} />
            {t('anonymisation.unreviewed')}
            <span className="second">{t('anonymisation.turn.recognised')}</span>
          </span>
        )}
        <span className="work-acts">
          {isUnreviewed && (
            <RowButton
              label={t('anonymisation.accept')}
              rowName={name}
              icon={<Check aria-hidden="true" size={16} />}
              style="accept"
              onPress={() => onAccept(key)}
            />
          )}
          <RowButton
            label={t('anonymisation.playHere')}
            rowName={name}
            icon={<Play aria-hidden="true" size={16} />}
            onPress={() => onPlay(fromMs)}
          />
          <RowButton
            label={t('anonymisation.split')}
            rowName={name}
            icon={<Scissors aria-hidden="true" size={16} />}
            onPress={() => onSplit(key, words.current?.selectionStart ?? text.length)}
          />
          <RowButton
            label={t('anonymisation.remove')}
            rowName={name}
            icon={<Trash2 aria-hidden="true" size={16} />}
            style="remove"
            onPress={() => onRemove(key)}
          />
        </span>
        <label className="turn-words">
          <span className="label">{t('anonymisation.words')}</span>
          <span className="turn-text">
            <WordMarks turn={turn} />
            <textarea
              ref={words}
              className="input"
              rows={1}
              maxLength={4000}
              lang={language}
              value={text}
              aria-describedby={isIdentifying || isOverlapping ? noteId : undefined}
              onChange={(event) => onChange(key, { text: event.target.value }, `text-${key}`)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !event.ctrlKey) return
                event.preventDefault()
                onAccept(key, 'textarea')
              }}
            />
          </span>
        </label>
        <UncertainWords turn={turn} onDoubt={onDoubt} />
        {(isIdentifying || isOverlapping) && (
          <span id={noteId} className="field-error turn-note">
            {isIdentifying && t('anonymisation.turn.identifying')} {isOverlapping && t('anonymisation.turn.overlaps')}
          </span>
        )}
      </div>
    </li>
  )
})
