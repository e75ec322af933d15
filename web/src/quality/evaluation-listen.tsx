import type { Ref } from 'react'
import { OfferedListening } from '../listening/offered-listening.tsx'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import { Player } from '../listening/player.tsx'

/** Player of the evaluated recording: logged like any listening, with quality as purpose. */
export function EvaluationListen({ recordingId, handle }: { recordingId: string; handle: Ref<PlayerHandle> }) {
  return (
    <OfferedListening recordingId={recordingId} under={{ purpose: 'QUALITY' }} handle={handle}>
      {(open) => <Player {...open} segmentId={undefined} />}
    </OfferedListening>
  )
}
