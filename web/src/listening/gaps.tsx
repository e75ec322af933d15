import type { Gap, Peaks } from '../api/shapes.ts'
import { Table } from '../controls/table.tsx'
import { formatLength, formatPosition } from '../format/duration.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { jumpColumn } from './jump-button.tsx'
import { isWithin } from './talk.ts'

/** Gaps of a recording, where one side is missing: reason, times and a jump button. */
export function Gaps({
  gaps,
  holds,
  onJump,
}: {
  gaps: readonly Gap[]
  holds: Peaks['holds']
  onJump: (ms: number) => void
}) {
  const { t } = useLanguage()
  if (gaps.length === 0) return null
  return (
    <details className="gaps">
      <summary>{t('listening.gaps.title', { count: gaps.length })}</summary>
      <div className="scroll">
        <Table
          caption={t('listening.gaps.caption')}
          rows={gaps}
          keyOf={(gap) => `${gap.track}-${gap.fromMs}`}
          columns={[
            { head: t('listening.gaps.track'), cell: (gap) => t(`listening.player.${gap.track}` as Word) },
            {
              head: t('listening.gaps.kind'),
              cell: (gap) => (
                <>
                  <span className={`gap-mark gap-${gap.kind}`} aria-hidden="true" />
                  {t(isWithin(gap, holds) ? 'listening.gaps.hold' : (`listening.gaps.${gap.kind}` as Word))}
                </>
              ),
            },
            { head: t('listening.gaps.from'), cell: ({ fromMs }) => formatPosition(fromMs), isNumeric: true },
            { head: t('listening.gaps.to'), cell: ({ toMs }) => formatPosition(toMs), isNumeric: true },
            { head: t('listening.gaps.length'), cell: lengthOf, isNumeric: true },
            jumpColumn(t, onJump),
          ]}
        />
      </div>
    </details>
  )
}

function lengthOf({ fromMs, toMs }: Gap): string {
  return toMs - fromMs < 1000 ? `${Math.round(toMs - fromMs)} ms` : formatLength(toMs - fromMs)
}
