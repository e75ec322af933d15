import { useEffect, useEffectEvent, useMemo, useState, type Ref } from 'react'
import { ToggleButton } from 'react-aria-components'
import type { Listening, Peaks } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import type { KeyLine } from '../listening/key-help.tsx'
import { laneShapes } from '../listening/lane-shapes.ts'
import { PlayerFrame, type PlayerHandle } from '../listening/player-frame.tsx'
import type { Stretch } from '../listening/silence.ts'
import { usePlayback, type OnBroken } from '../listening/use-playback.ts'
import type { Drawn } from '../listening/waveform.tsx'
import type { Track } from './copy-shapes.ts'
import { editorActionOf, type MarkAction } from './editor-keys.ts'
import type { Mark } from './mark.ts'
import { formatTenths } from './tenths.ts'
import { useMarks } from './use-marks.ts'
import { usePlayed } from './use-played.ts'
import { isRedactedAt, type Redaction } from './work.ts'

const keys: readonly KeyLine[] = [
  [['Space', 'K'], 'people.help.toggle'],
  [['J', 'L'], 'people.help.skip10'],
  [['←', '→'], 'people.help.skip5'],
  [['Shift', '←', '→'], 'anonymisation.key.nudge'],
  [['<', '>'], 'people.help.speed'],
  [['[', 'I'], 'anonymisation.key.from'],
  [[']', 'O'], 'anonymisation.key.to'],
  [['M'], 'anonymisation.key.mark'],
  [['Ctrl', 'Space'], 'anonymisation.key.toggle'],
  [['F8'], 'anonymisation.key.doubt'],
  [['Shift', 'F8'], 'anonymisation.key.doubt-before'],
  [['Ctrl', 'Enter'], 'anonymisation.key.accept'],
  [['Ctrl', 'S'], 'anonymisation.save'],
  [['?'], 'people.help.help'],
]

/**
 * Plays the original in two lanes with its redactions drawn on them. The drawing is for pointer users; keys, fields and lists
 * offer the same.
 */
export function EditorPlayer({
  listening,
  peaks,
  startMs,
  redactions,
  mark,
  handle,
  onPlayed,
  onMark,
  onMarkFrom,
  onMarkTo,
  onAdd,
  onResize,
  onPick,
  onEnd,
  onSpeed,
  onBroken,
  onStop,
}: {
  listening: Listening
  peaks: Peaks
  startMs: number
  redactions: readonly Redaction[]
  mark: Mark
  handle: Ref<PlayerHandle>
  /** Called from time to time with what has been played in this listening and whether it is playing. */
  onPlayed: (played: Stretch[], isPlaying: boolean) => void
  onMark: (track: Track, fromMs: number, toMs: number) => void
  onMarkFrom: (ms: number) => void
  onMarkTo: (ms: number) => void
  onAdd: () => void
  onResize: (key: number, fromMs: number, toMs: number) => void
  onPick: (key: number) => void
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  onStop: (positionMs: number) => void
}) {
  const { t } = useLanguage()
  const [playsCopy, setPlaysCopy] = useState(false)
  const [drawn, setDrawn] = useState<Drawn>()
  const shapes = useMemo(() => laneShapes(peaks), [peaks])
  const { durationMs } = peaks
  const playback = usePlayback({
    source: listening.audio,
    durationMs,
    startMs,
    silences: shapes.silences,
    silencedAt: playsCopy
      ? (ms) => ({
          isCaller: isRedactedAt(redactions, 'CALLER', ms),
          isOfficial: isRedactedAt(redactions, 'OFFICIAL', ms),
        })
      : undefined,
    onSpeed,
    onBroken,
    onStop,
  })
  const played = usePlayed(playback)
  const notifyPlayed = useEffectEvent(onPlayed)
  useEffect(() => notifyPlayed(played, playback.isPlaying), [played, playback.isPlaying])
  useMarks(drawn, { redactions, mark, onMark, onResize, onPick })

  const onAction = (action: MarkAction) => {
    if (action.do === 'mark') return onAdd()
    const at = playback.audio.currentTime * 1000
    if (action.do === 'mark-from') onMarkFrom(at)
    else onMarkTo(at)
  }

  return (
    <PlayerFrame
      label={t('anonymisation.original')}
      listening={listening}
      peaks={peaks}
      lanes={shapes.lanes}
      playback={playback}
      handle={handle}
      keys={keys}
      actionOf={editorActionOf}
      onAction={onAction}
      maxZoom={200}
      waveform={{ region: undefined, dragToSeek: false, onDrawn: setDrawn }}
      onEnd={onEnd}
      settings={
        <>
          <ToggleButton className="chip" isSelected={playsCopy} onChange={setPlaysCopy}>
            {t('anonymisation.hearsCopy')}
          </ToggleButton>
          <span className="editor-clock muted">
            {t('anonymisation.at', { position: formatTenths(playback.positionMs) })}
          </span>
        </>
      }
    />
  )
}
