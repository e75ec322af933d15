import { useCallback, useEffect, useEffectEvent, useState, type Ref } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { Stretch } from '../listening/silence.ts'
import { announce } from '../shell/announce.tsx'
import type { AnonymisedCopy, Track } from './copy-shapes.ts'
import { focusRow } from './focus-row.ts'
import { firstMark, tracksOf, markedFrom, markedTo, stretchOf, type Mark } from './mark.ts'
import { MarkForm } from './mark-form.tsx'
import { Original } from './original.tsx'
import { PlayedStrip } from './played-strip.tsx'
import { redactionId } from './redaction-row.tsx'
import { mergeStretches, subtractStretches } from './stretches.ts'
import { formatTenths } from './tenths.ts'
import { addRedactions, changeRedaction, type Redaction, type Work } from './work.ts'

const readAgainMs = 5000

/** Plays the original, shows what has been played, and marks redactions. */
export function OriginalSection({
  copy,
  under,
  handle,
  redactions,
  onEdit,
  onPlaying,
  readAgain,
}: {
  copy: AnonymisedCopy
  under: UnderPurpose
  handle: React.RefObject<PlayerHandle | null> & Ref<PlayerHandle>
  redactions: readonly Redaction[]
  onEdit: (update: (work: Work) => Work, act: string) => void
  /** True while it plays; undefined if no player is open. */
  onPlaying: (isPlaying: boolean | undefined) => void
  /** Reads again what the server counts as played. */
  readAgain: () => void
}) {
  const { t } = useLanguage()
  const [mark, setMark] = useState<Mark>(firstMark)
  // Stretches unplayed when the player opened; undefined while none is open.
  const [unplayedBefore, setUnplayedBefore] = useState<readonly Stretch[]>()
  const isOpen = unplayedBefore !== undefined
  const [{ played, isPlaying }, setPlayed] = useState<{ played: Stretch[]; isPlaying: boolean }>({
    played: [],
    isPlaying: false,
  })
  const { durationMs, unplayed } = copy
  // The server counts what it has sent, slightly ahead of playback: while the player is open, the strip follows playback.
  const unplayedNow = mergeStretches(unplayedBefore ? [...unplayed, ...unplayedBefore] : unplayed)
  const recordPlayed = useCallback((now: Stretch[], isPlayingNow: boolean) => {
    setPlayed({ played: now, isPlaying: isPlayingNow })
  }, [])

  const recordOpen = (isOpenNow: boolean) => {
    if (isOpenNow === isOpen) return
    setUnplayedBefore(isOpenNow ? unplayed : undefined)
    setPlayed({ played: [], isPlaying: false })
    if (!isOpenNow) readAgain()
  }
  const notifyPlaying = useEffectEvent(onPlaying)
  useEffect(() => notifyPlaying(isOpen ? isPlaying : undefined), [isOpen, isPlaying])
  const read = useEffectEvent(readAgain)
  useEffect(() => {
    if (!isPlaying) return
    const timer = window.setInterval(() => read(), readAgainMs)
    return () => {
      window.clearInterval(timer)
      read()
    }
  }, [isPlaying])

  const from = (ms: number) => {
    setMark((now) => markedFrom(now, Math.round(ms)))
    announce(t('anonymisation.mark.began', { position: formatTenths(ms) }))
  }
  const to = (ms: number) => {
    setMark((now) => markedTo(now, Math.round(ms)))
    announce(t('anonymisation.mark.ended', { position: formatTenths(ms) }))
  }
  const add = () => {
    const stretch = stretchOf(mark, durationMs)
    if ('wrong' in stretch) return announce(t(`anonymisation.times.${stretch.wrong}`))
    onEdit((work) => addRedactions(work, tracksOf(mark), { ...stretch, reason: mark.reason }), 'add')
    announce(t('anonymisation.mark.added', { from: formatTenths(stretch.fromMs), to: formatTenths(stretch.toMs) }))
    setMark({ track: mark.track, reason: mark.reason })
  }

  return (
    <section className="panel stack" aria-labelledby="original">
      <h2 id="original" tabIndex={-1}>
        {t('anonymisation.original')}
      </h2>
      <p>{t('anonymisation.original.hint')}</p>
      <Original
        recordingId={copy.recordingId}
        under={under}
        handle={handle}
        onOpen={recordOpen}
        redactions={redactions}
        mark={mark}
        onPlayed={recordPlayed}
        onMark={(track: Track, fromMs, toMs) => setMark((now) => ({ ...now, track, fromMs, toMs }))}
        onMarkFrom={from}
        onMarkTo={to}
        onAdd={add}
        onResize={(key, fromMs, toMs) => onEdit((work) => changeRedaction(work, key, { fromMs, toMs }), 'change')}
        onPick={(key) => focusRow(redactionId(key))}
      />
      <PlayedStrip
        unplayed={subtractStretches(unplayedNow, played)}
        durationMs={durationMs}
        onPlay={(ms) => handle.current?.playFrom(ms)}
      />
      <MarkForm
        mark={mark}
        durationMs={durationMs}
        hasPosition={isOpen}
        onChange={setMark}
        onFromHere={() => from(handle.current?.positionMs() ?? 0)}
        onToHere={() => to(handle.current?.positionMs() ?? 0)}
        onAdd={add}
      />
    </section>
  )
}
