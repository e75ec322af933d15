import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { reasons, trackWords } from './copy-shapes.ts'
import { isFromWrong, stretchOf, withoutEnd, type Mark } from './mark.ts'
import { PickOne } from './pick-one.tsx'
import { TimeField } from './time-field.tsx'

/** Marks a redaction: start, end, track and reason; by the position, the pointer or numbers. */
export function MarkForm({
  mark,
  durationMs,
  hasPosition,
  onChange,
  onFromHere,
  onToHere,
  onAdd,
}: {
  mark: Mark
  durationMs: number
  /** True while a player is open, which gives a position. */
  hasPosition: boolean
  onChange: (mark: Mark) => void
  onFromHere: () => void
  onToHere: () => void
  onAdd: () => void
}) {
  const { t } = useLanguage()
  const [isTried, setTried] = useState(false)
  const stretch = stretchOf(mark, durationMs)
  const wrong = 'wrong' in stretch ? stretch.wrong : undefined
  const isShown = wrong !== undefined && (wrong === 'missing' ? isTried : true)
  return (
    <div className="mark-form" role="group" aria-labelledby="mark-title">
      <h3 id="mark-title">{t('anonymisation.mark')}</h3>
      <p className="hint">{t('anonymisation.mark.hint')}</p>
      <div className="mark-fields">
        <div className="mark-time">
          <TimeField
            id="mark-from"
            label={t('anonymisation.from')}
            valueMs={mark.fromMs}
            onChange={(fromMs) => onChange({ ...mark, fromMs })}
            onInvalid={() => onChange(withoutEnd(mark, 'fromMs'))}
          />
          {hasPosition && (
            <Button kind="secondary" className="small" onPress={onFromHere}>
              {t('anonymisation.mark.fromHere')}
            </Button>
          )}
        </div>
        <div className="mark-time">
          <TimeField
            id="mark-to"
            label={t('anonymisation.to')}
            valueMs={mark.toMs}
            onChange={(toMs) => onChange({ ...mark, toMs })}
            onInvalid={() => onChange(withoutEnd(mark, 'toMs'))}
          />
          {hasPosition && (
            <Button kind="secondary" className="small" onPress={onToHere}>
              {t('anonymisation.mark.toHere')}
            </Button>
          )}
        </div>
        <PickOne
          label={t('anonymisation.mark.on')}
          options={[
            { value: 'BOTH', label: t('anonymisation.mark.both') },
            { value: 'CALLER', label: t(trackWords.CALLER) },
            { value: 'OFFICIAL', label: t(trackWords.OFFICIAL) },
          ]}
          value={mark.track}
          onChange={(track) => onChange({ ...mark, track })}
        />
        <PickOne
          label={t('anonymisation.reason')}
          options={reasons.map((value) => ({ value, label: t(`anonymisation.reason.${value}`) }))}
          value={mark.reason}
          onChange={(reason) => onChange({ ...mark, reason })}
        />
        <Button
          kind="secondary"
          onPress={() => {
            setTried(wrong !== undefined)
            if (wrong === undefined) return onAdd()
            document.getElementById(isFromWrong(mark, durationMs) ? 'mark-from' : 'mark-to')?.focus()
          }}
        >
          <Plus aria-hidden="true" size={18} />
          {t('anonymisation.mark.add')}
        </Button>
      </div>
      <p className="field-error" role="status">
        {isShown && t(`anonymisation.times.${wrong}`)}
      </p>
    </div>
  )
}
