import { useId, useState, type ReactNode } from 'react'
import { Button } from '../controls/button.tsx'
import { formatPosition, readPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Playback } from './use-playback.ts'

/** Loop region, set by buttons at the position or by numbers (WCAG 2.5.7). */
export function RegionFields({
  playback,
  durationMs,
  icon,
}: {
  playback: Playback
  durationMs: number
  icon: ReactNode
}) {
  const { t } = useLanguage()
  const { region } = playback
  const change = (fromMs: number, toMs: number | undefined) => {
    const isWhole = toMs != null && toMs > fromMs
    playback.setRegion({ fromMs: Math.min(fromMs, durationMs), ...(isWhole && { toMs: Math.min(toMs, durationMs) }) })
  }
  return (
    <div className="region" role="group" aria-label={t('listening.player.region')}>
      <span className="region-title">
        {icon}
        {t('listening.player.region')}
      </span>
      <Button kind="quiet" className="chip" onPress={playback.startRegion}>
        {t('listening.player.region.start')}
      </Button>
      <Button kind="quiet" className="chip" onPress={playback.endRegion}>
        {t('listening.player.region.end')}
      </Button>
      {region && (
        <>
          <PositionField
            key={`from-${region.fromMs}`}
            label={t('listening.player.region.from')}
            valueMs={region.fromMs}
            onChange={(ms) => change(ms, region.toMs)}
          />
          <PositionField
            key={`to-${region.toMs}`}
            label={t('listening.player.region.to')}
            valueMs={region.toMs}
            onChange={(ms) => change(region.fromMs, ms)}
          />
          <Button kind="link" onPress={() => playback.setRegion(undefined)}>
            {t('listening.player.region.clear')}
          </Button>
        </>
      )}
    </div>
  )
}

function PositionField({
  label,
  valueMs,
  onChange,
}: {
  label: string
  valueMs: number | undefined
  onChange: (ms: number) => void
}) {
  const { t } = useLanguage()
  const [written, setWritten] = useState(valueMs == null ? '' : formatPosition(valueMs))
  const errorId = useId()
  const isWrong = written !== '' && readPosition(written) == null
  const commit = () => {
    const ms = readPosition(written)
    // The field shows whole seconds; leaving it unchanged must not round the region.
    if (ms != null && (valueMs == null || written !== formatPosition(valueMs))) onChange(ms)
  }
  return (
    <>
      <label className="position-field">
        <span>{label}</span>
        <input
          className="input input-small"
          inputMode="decimal"
          size={7}
          value={written}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? errorId : undefined}
          onChange={(event) => setWritten(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit()
          }}
        />
      </label>
      {isWrong && (
        <span id={errorId} className="field-error position-error">
          {t('listening.player.region.wrong')}
        </span>
      )}
    </>
  )
}
