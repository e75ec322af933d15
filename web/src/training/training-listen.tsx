import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Player } from '../listening/player.tsx'
import { useListening } from '../listening/use-listening.ts'

/**
 * Plays a chosen moment: logged like any listening, with TRAINING as purpose and, in a session, its reference. Pauses at the
 * moment's end.
 */
export function TrainingListen({
  recordingId,
  fromMs,
  toMs,
  reference,
  onClosed,
}: {
  recordingId: string
  fromMs: number
  toMs: number
  /** Reference of the session; undefined while it is prepared. */
  reference?: string
  /** Called when the listener closes the player. */
  onClosed: () => void
}) {
  const { t } = useLanguage()
  const under = { purpose: 'TRAINING' as const, ...(reference && { reference }) }
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const isBegun = useRef(false)
  const begin = useEffectEvent(() => void start())
  useEffect(() => {
    if (isBegun.current) return
    isBegun.current = true
    begin()
  }, [])

  if (state.state === 'open') {
    return (
      <Player
        listening={state.listening}
        peaks={state.peaks}
        segmentId={undefined}
        startMs={fromMs}
        stopAtMs={toMs}
        onEnd={() => {
          end('left')
          onClosed()
        }}
        onSpeed={pace}
        onBroken={recover}
        onStop={() => undefined}
      />
    )
  }
  if (state.state === 'refused') return <Failure error={state.error} />
  if (state.state !== 'over') return <Waiting lines={3} />
  const isFinal = state.why === 'right' || state.why === 'destroyed'
  return (
    <Notice kind="warning" isUrgent>
      <p>{t(`listening.over.${state.why}`)}</p>
      {!isFinal && <Button onPress={() => void start()}>{t('listening.again')}</Button>}
    </Notice>
  )
}
