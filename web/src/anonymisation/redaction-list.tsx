import { useEffect, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { CopyRedaction } from './copy-shapes.ts'
import { focusRow } from './focus-row.ts'
import { RedactionRow, redactionId } from './redaction-row.tsx'
import { changeRedaction, removeRedaction, type Redaction, type Work } from './work.ts'

/** Lists redactions for review: accept, change or remove each. */
export function RedactionList({
  redactions,
  durationMs,
  onEdit,
  onPlay,
}: {
  redactions: readonly Redaction[]
  durationMs: number
  onEdit: (update: (work: Work) => Work, act: string) => void
  onPlay: (ms: number) => void
}) {
  const { t } = useLanguage()
  const [onlyUnreviewed, setOnlyUnreviewed] = useState(false)
  const unreviewed = redactions.filter(({ isReviewed }) => !isReviewed)
  const shown = onlyUnreviewed ? unreviewed : redactions
  const acts = useActs(redactions, shown, onEdit)
  return (
    <section className="panel stack" aria-labelledby="redactions">
      <div className="work-head">
        <h2 id="redactions" tabIndex={-1}>
          {t('anonymisation.redactions')}
        </h2>
        <p className="muted">
          {t('anonymisation.redactions.count', { count: redactions.length })}
          {unreviewed.length > 0 && `, ${t('anonymisation.redactions.unreviewed', { count: unreviewed.length })}`}
        </p>
        {(unreviewed.length > 0 || onlyUnreviewed) && (
          <ToggleButton className="chip" isSelected={onlyUnreviewed} onChange={setOnlyUnreviewed}>
            {t('anonymisation.redactions.onlyUnreviewed')}
          </ToggleButton>
        )}
      </div>
      <p>{t('anonymisation.redactions.hint')}</p>
      {shown.length === 0 && (
        <p className="muted">
          {t(redactions.length === 0 ? 'anonymisation.redactions.none' : 'anonymisation.redactions.allReviewed')}
        </p>
      )}
      {shown.length > 0 && (
        <ol className="work-list redaction-list">
          {shown.map((redaction) => (
            <RedactionRow
              key={redaction.key}
              redaction={redaction}
              number={redactions.indexOf(redaction) + 1}
              durationMs={durationMs}
              onPlay={onPlay}
              {...acts}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Returns stable callbacks, so that a change of one row does not render a hundred. */
function useActs(
  all: readonly Redaction[],
  shown: readonly Redaction[],
  onEdit: (update: (work: Work) => Work, act: string) => void,
) {
  const { t } = useLanguage()
  const now = useRef({ all, shown, onEdit, translate: t })
  useEffect(() => {
    now.current = { all, shown, onEdit, translate: t }
  })
  const [acts] = useState(() => {
    const focusNext = (key: number) => {
      const { shown: rows } = now.current
      const at = rows.findIndex((one) => one.key === key)
      const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].find(({ isReviewed }) => !isReviewed)
      focusRow(next ? redactionId(next.key) : 'redactions', '.accept')
    }
    return {
      onChange(key: number, change: Partial<CopyRedaction>) {
        now.current.onEdit((work) => changeRedaction(work, key, change), 'change')
      },
      onAccept(key: number) {
        now.current.onEdit((work) => changeRedaction(work, key, {}), 'accept')
        const left = now.current.all.filter((one) => !one.isReviewed && one.key !== key).length
        announce(
          now.current.translate(left === 0 ? 'anonymisation.accepted.last' : 'anonymisation.accepted', { count: left }),
        )
        focusNext(key)
      },
      onRemove(key: number) {
        const rows = now.current.shown
        const at = rows.findIndex((one) => one.key === key)
        const next = rows[at + 1] ?? rows[at - 1]
        now.current.onEdit((work) => removeRedaction(work, key), 'remove')
        announce(now.current.translate('anonymisation.removed'))
        focusRow(next ? redactionId(next.key) : 'redactions', '.remove')
      },
    }
  })
  return acts
}
