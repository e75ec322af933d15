import { Plus } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { tracks, trackWords, type CopyTurn, type Level, type Track } from './copy-shapes.ts'
import { focusRow } from './focus-row.ts'
import { PickOne } from './pick-one.tsx'
import { turnId } from './turn-id.ts'
import { TurnRow } from './turn-row.tsx'
import { usePlayingTurns } from './use-playing-turns.ts'
import {
  acceptTurn,
  addTurn,
  changeTurn,
  overlappingTurns,
  removeTurn,
  splitTurn,
  type Doubt,
  type Turn,
  type Work,
} from './work.ts'

type Edit = (update: (work: Work) => Work, act: string) => void

/** Transcript of each track, checked by a person. At level T it is all that remains of the call. */
export function TurnList({
  turns,
  level,
  durationMs,
  identifying,
  positionMs,
  isPlaying,
  onEdit,
  onPlay,
  onDoubt,
}: {
  turns: readonly Turn[]
  level: Level
  durationMs: number
  /** Keys of turns with identifying words in the saved text. */
  identifying: ReadonlySet<number>
  positionMs: () => number
  isPlaying: boolean
  onEdit: Edit
  onPlay: (ms: number) => void
  onDoubt: (key: number, doubt: Doubt) => void
}) {
  const { t, language } = useLanguage()
  const [shownLane, setShownLane] = useState<Track | 'BOTH'>('BOTH')
  const shown = shownLane === 'BOTH' ? turns : turns.filter(({ track }) => track === shownLane)
  const unreviewed = turns.filter(({ isReviewed }) => isReviewed === false).length
  const doubts = turns.reduce((sum, turn) => sum + (turn.doubts?.length ?? 0), 0)
  const playing = usePlayingTurns(turns, isPlaying, positionMs)
  const overlapping = useMemo(() => overlappingTurns(turns), [turns])
  const acts = useActs(shown, positionMs, onEdit)
  const add = (track: Track) => {
    let added = 0
    onEdit((work) => {
      added = work.nextKey
      return addTurn(work, track, positionMs(), durationMs, language)
    }, 'add')
    if (shownLane !== 'BOTH') setShownLane(track)
    focusRow(turnId(added), 'textarea')
  }
  return (
    <section className="panel stack" aria-labelledby="turns">
      <div className="work-head">
        <h2 id="turns" tabIndex={-1}>
          {t('anonymisation.turns')}
        </h2>
        <p className="muted">
          {t('anonymisation.turns.count', { count: turns.length })}
          {unreviewed > 0 && `, ${t('anonymisation.redactions.unreviewed', { count: unreviewed })}`}
          {doubts > 0 && `, ${t('anonymisation.turn.doubts', { count: doubts })}`}
        </p>
        <PickOne
          label={t('anonymisation.turns.shown')}
          options={[
            { value: 'BOTH', label: t('anonymisation.mark.both') },
            ...tracks.map((value) => ({ value, label: t(trackWords[value]) })),
          ]}
          value={shownLane}
          onChange={setShownLane}
        />
      </div>
      <p>{t(level === 'T' ? 'anonymisation.turns.hint.T' : 'anonymisation.turns.hint')}</p>
      <div className="actions">
        {tracks.map((track) => (
          <Button key={track} kind="secondary" className="small" onPress={() => add(track)}>
            <Plus aria-hidden="true" size={16} />
            {t(`anonymisation.turns.add.${track}`)}
          </Button>
        ))}
      </div>
      {turns.length === 0 && <p className="muted">{t('anonymisation.turns.none')}</p>}
      {shown.length > 0 && (
        <ol className="work-list turn-list">
          {shown.map((turn) => (
            <TurnRow
              key={turn.key}
              turn={turn}
              durationMs={durationMs}
              isOverlapping={overlapping.has(turn.key)}
              isIdentifying={identifying.has(turn.key)}
              isPlaying={playing.has(turn.key)}
              onPlay={onPlay}
              onDoubt={onDoubt}
              {...acts}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Returns stable callbacks, so that a change of one row does not render a hundred. */
function useActs(shown: readonly Turn[], positionMs: () => number, onEdit: Edit) {
  const { t } = useLanguage()
  const now = useRef({ shown, positionMs, onEdit, translate: t })
  useEffect(() => {
    now.current = { shown, positionMs, onEdit, translate: t }
  })
  const [acts] = useState(() => ({
    onChange(key: number, change: Partial<CopyTurn>, act: string) {
      now.current.onEdit((work) => changeTurn(work, key, change), act)
    },
    onSplit(key: number, caret: number) {
      let second = 0
      now.current.onEdit((work) => {
        second = work.nextKey
        return splitTurn(work, key, caret, now.current.positionMs())
      }, 'split')
      announce(now.current.translate('anonymisation.splitDone'))
      focusRow(turnId(second), 'textarea')
    },
    onAccept(key: number, focus?: 'textarea') {
      now.current.onEdit((work) => acceptTurn(work, key), 'accept')
      const { shown: rows } = now.current
      const at = rows.findIndex((one) => one.key === key)
      const unreviewed = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].filter(
        (one) => one.isReviewed === false,
      )
      const word = unreviewed.length === 0 ? 'anonymisation.accepted.last' : 'anonymisation.accepted'
      announce(now.current.translate(word, { count: unreviewed.length }))
      focusRow(unreviewed[0] ? turnId(unreviewed[0].key) : 'turns', focus ?? '.accept')
    },
    onRemove(key: number) {
      const rows = now.current.shown
      const at = rows.findIndex((one) => one.key === key)
      const next = rows[at + 1] ?? rows[at - 1]
      now.current.onEdit((work) => removeTurn(work, key), 'remove')
      announce(now.current.translate('anonymisation.removed'))
      focusRow(next ? turnId(next.key) : 'turns', '.remove')
    },
  }))
  return acts
}
