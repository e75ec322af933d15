import { ArrowLeft } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useListening } from '../listening/use-listening.ts'
import { RoomPlayer } from './room-player.tsx'

/** Listening to one part: where it stops, why, and how to continue. */
export function RoomListening({
  recordingId,
  reference,
  title,
  onBack,
}: {
  recordingId: string
  /** Reference of the request that the listening serves. */
  reference: string
  /** Which of several parts; nothing for the only one. */
  title: ReactNode
  /** Back to the other parts, if any. */
  onBack: (() => void) | undefined
}) {
  const { t } = useLanguage()
  const { state, start, end, recover, pace } = useListening(recordingId, { purpose: 'INSPECTION', reference })
  const [atMs, setAt] = useState(0)
  const again = useRef<HTMLButtonElement>(null)
  const isBegun = useRef(false)
  const begin = useEffectEvent(() => void start())
  useEffect(() => {
    // Listening starts once, with the button press that chose the part.
    if (isBegun.current) return
    isBegun.current = true
    begin()
  }, [])
  const isStopped = state.state === 'over' || state.state === 'refused'
  useEffect(() => {
    if (isStopped) again.current?.focus()
  }, [isStopped])
  const isGone = state.state === 'over' && (state.why === 'destroyed' || state.why === 'restricted')

  return (
    <div className="room-listening">
      {title && <p className="room-part-title">{title}</p>}
      {(state.state === 'idle' || state.state === 'opening') && <Waiting lines={3} />}
      {state.state === 'open' && (
        <RoomPlayer
          source={state.listening.audio}
          durationMs={state.peaks.durationMs}
          startMs={atMs}
          onSpeed={pace}
          onBroken={recover}
          onStop={setAt}
        />
      )}
      {isStopped && (
        <Notice kind="warning" isUrgent>
          <p>{t(isGone ? 'listening-room.stopped.gone' : 'listening-room.stopped')}</p>
          {!isGone && (
            <Button kind="primary" className="room-button" ref={again} onPress={() => void start()}>
              {t('listening.again')}
            </Button>
          )}
        </Notice>
      )}
      {onBack && (
        <Button
          kind="secondary"
          className="room-button"
          ref={isGone ? again : undefined}
          onPress={() => {
            if (state.state === 'open') end('left')
            onBack()
          }}
        >
          <ArrowLeft aria-hidden="true" size={28} />
          {t('listening-room.back')}
        </Button>
      )}
    </div>
  )
}
