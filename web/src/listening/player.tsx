import { FastForward, Headphones, Link2, Repeat } from 'lucide-react'
import { useEffect, useEffectEvent, useMemo, useState, type Ref } from 'react'
import { ToggleButton } from 'react-aria-components'
import type { Listening, Peaks } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { actionOf, type RegionAction } from './keys.ts'
import { laneShapes } from './lane-shapes.ts'
import { PlayerFrame, SmallRange, type PlayerHandle } from './player-frame.tsx'
import { RegionFields } from './region-fields.tsx'
import { TalkList } from './talk-list.tsx'
import { usePlayback, type OnBroken } from './use-playback.ts'

const minPlayedMs = 500

/**
 * Two-lane player, which plays as soon as it is shown. Everything that the waveform shows or takes by mouse is also available
 * as a slider, fields and tables (WCAG 2.5.7).
 */
export function Player({
  listening,
  peaks,
  segmentId,
  startMs,
  stopAtMs,
  onEnd,
  onSpeed,
  onBroken,
  onStop,
  onPlayed,
  isBeside = false,
  transferredTo,
  handle,
}: {
  listening: Listening
  peaks: Peaks
  /** Target of links to a moment; undefined without links. */
  segmentId: string | undefined
  startMs: number
  /** Playback stops here. */
  stopAtMs?: number | undefined
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  onStop: (positionMs: number, durationMs: number) => void
  /** Called once, shortly after audio has started. */
  onPlayed?: (() => void) | undefined
  /** Accompanies a list, which keeps the focus. */
  isBeside?: boolean
  /** Who answered next, if the call was transferred at the end of this part. */
  transferredTo?: string | undefined
  handle?: Ref<PlayerHandle> | undefined
}) {
  const { t } = useLanguage()
  const shapes = useMemo(() => laneShapes(peaks), [peaks])
  const { durationMs } = peaks
  const playback = usePlayback({
    source: listening.audio,
    durationMs,
    startMs,
    stopAtMs,
    silences: shapes.silences,
    onSpeed,
    onBroken,
    onStop: (atMs) => onStop(atMs, durationMs),
  })
  const { positionMs, lanes, region } = playback
  const hasPlayed = playback.isPlaying && positionMs - startMs > minPlayedMs
  const notifyPlayed = useEffectEvent(() => onPlayed?.())
  useEffect(() => {
    if (hasPlayed) notifyPlayed()
  }, [hasPlayed])

  // The press that opened the listening is the one that plays it. A browser may refuse; then the play button waits.
  const begin = useEffectEvent(() => {
    if (playback.audio.paused) playback.toggle()
  })
  useEffect(() => {
    const timer = window.setTimeout(() => begin())
    return () => window.clearTimeout(timer)
  }, [listening.audio])

  const copyLink = async (segmentId: string) => {
    const url = new URL(window.location.href)
    url.search = new URLSearchParams({ t: String(Math.floor(positionMs / 1000)), part: segmentId }).toString()
    try {
      await navigator.clipboard.writeText(url.href)
      setCopied('done')
      announce(t('listening.player.link.copied', { position: formatPosition(positionMs) }))
    } catch {
      // Access denied, or no clipboard: browsers provide it only over HTTPS.
      setCopied('failed')
      announce(t('listening.player.link.failed'))
    }
  }
  const [copied, setCopied] = useState<'done' | 'failed'>()
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(undefined), 3000)
    return () => window.clearTimeout(timer)
  }, [copied])

  const onAction = (action: RegionAction) => {
    const position = formatPosition(positionMs)
    if (action.do === 'region-start') {
      playback.startRegion()
      return announce(t('listening.player.region.started', { position }))
    }
    playback.endRegion()
    announce(t('listening.player.region.ended', { position }))
  }

  return (
    <PlayerFrame
      label={t('listening.player.label')}
      listening={listening}
      peaks={peaks}
      lanes={shapes.lanes}
      playback={playback}
      handle={handle}
      isBeside={isBeside}
      actionOf={actionOf}
      onAction={onAction}
      waveform={{ region, talk: shapes.talk.moments }}
      onEnd={onEnd}
      settings={
        <>
          <ToggleButton className="chip" isSelected={playback.skipsSilence} onChange={playback.setSkipsSilence}>
            <FastForward aria-hidden="true" size={16} />
            {t('listening.player.skipSilence')}
          </ToggleButton>
          <ToggleButton
            className="chip"
            isSelected={lanes.spread === 'split'}
            onChange={(isSplit) => playback.setLanes({ spread: isSplit ? 'split' : 'both' })}
          >
            <Headphones aria-hidden="true" size={16} />
            {t('listening.player.apart')}
          </ToggleButton>
          {segmentId !== undefined && (
            <Button kind="quiet" className="chip" onPress={() => void copyLink(segmentId)}>
              <Link2 aria-hidden="true" size={16} />
              {t(copied ? `listening.player.link.${copied}` : 'listening.player.link')}
            </Button>
          )}
          <SmallRange
            label={t('listening.player.volume')}
            max={100}
            value={Math.round(playback.volume * 100)}
            format={(percent) => `${percent} %`}
            onChange={(percent) => playback.setVolume(percent / 100)}
          />
        </>
      }
      fields={
        <>
          <RegionFields playback={playback} durationMs={durationMs} icon={<Repeat aria-hidden="true" size={16} />} />
          <TalkList
            talk={shapes.talk}
            durationMs={durationMs}
            transferredTo={transferredTo}
            onJump={(ms) => playback.seek(Math.max(0, ms - 1000))}
          />
        </>
      }
    />
  )
}
