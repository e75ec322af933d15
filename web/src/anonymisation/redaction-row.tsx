import { Check, CircleCheck, CircleDashed, Play, Trash2 } from 'lucide-react'
import { memo } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { reasons, tracks, trackWords, type CopyRedaction } from './copy-shapes.ts'
import { PickOne } from './pick-one.tsx'
import { RowButton } from './row-button.tsx'
import { formatTenths } from './tenths.ts'
import { TimeField } from './time-field.tsx'
import { wrongTimes, type Redaction } from './work.ts'

export const redactionId = (key: number) => `redaction-${key}`

/** One redaction: stretch, track, reason, review state, and actions. */
export const RedactionRow = memo(function RedactionRow({
  redaction,
  number,
  durationMs,
  onPlay,
  onChange,
  onAccept,
  onRemove,
}: {
  redaction: Redaction
  /** Number as on the drawing. */
  number: number
  durationMs: number
  onPlay: (ms: number) => void
  onChange: (key: number, change: Partial<CopyRedaction>) => void
  onAccept: (key: number) => void
  onRemove: (key: number) => void
}) {
  const { t } = useLanguage()
  const { key, track, fromMs, toMs, reason, source, isReviewed } = redaction
  const wrong = wrongTimes(fromMs, toMs, durationMs)
  const name = t('anonymisation.redaction.named', {
    number,
    who: t(trackWords[track]),
    from: formatTenths(fromMs),
    to: formatTenths(toMs),
  })
  const Mark = isReviewed ? CircleCheck : CircleDashed
  return (
    <li>
      <div
        id={redactionId(key)}
        role="group"
        aria-label={name}
        className={`work-row ${isReviewed ? '' : 'is-unreviewed'}`}
        tabIndex={-1}
      >
        <span className="work-number" aria-hidden="true">
          {number}
        </span>
        <PickOne
          label={t('anonymisation.track')}
          options={tracks.map((value) => ({ value, label: t(trackWords[value]) }))}
          value={track}
          onChange={(changed) => onChange(key, { track: changed })}
        />
        <TimeField
          label={t('anonymisation.from')}
          valueMs={fromMs}
          wrong={wrong && t(`anonymisation.times.${wrong}`)}
          onChange={(ms) => onChange(key, { fromMs: ms })}
        />
        <TimeField label={t('anonymisation.to')} valueMs={toMs} onChange={(ms) => onChange(key, { toMs: ms })} />
        <PickOne
          label={t('anonymisation.reason')}
          options={reasons.map((value) => ({ value, label: t(`anonymisation.reason.${value}`) }))}
          value={reason}
          onChange={(changed) => onChange(key, { reason: changed })}
        />
        <span className="work-mark">
          <Mark aria-hidden="true" size={18} />
          {t(isReviewed ? 'anonymisation.reviewed' : 'anonymisation.unreviewed')}
          <span className="second">{t(`anonymisation.source.${source}`)}</span>
        </span>
        <span className="work-acts">
          {!isReviewed && (
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
            onPress={() => onPlay(Math.max(0, fromMs - 1000))}
          />
          <RowButton
            label={t('anonymisation.remove')}
            rowName={name}
            icon={<Trash2 aria-hidden="true" size={16} />}
            style="remove"
            onPress={() => onRemove(key)}
          />
        </span>
      </div>
    </li>
  )
})
