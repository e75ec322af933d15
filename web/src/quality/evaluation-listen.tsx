import type { Ref } from 'react'
import { OfferedListening } from '../listening/offered-listening.tsx'
import type { ListenPlace } from '../listening/player-frame.tsx'
import { Player } from '../listening/player.tsx'

/** Player of the evaluated recording: logged like any listening, with quality as purpose. */
export function EvaluationListen({ recordingId, place }: { recordingId: string; place: Ref<ListenPlace> }) {
  return (
    <OfferedListening recordingId={recordingId} under={{ purpose: 'QUALITY' }} place={place}>
      {(open) => <Player {...open} segmentId={undefined} />}
    </OfferedListening>
  )
}
