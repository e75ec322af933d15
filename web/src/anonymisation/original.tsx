import type { Ref } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { OfferedListening } from '../listening/offered-listening.tsx'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import type { Stretch } from '../listening/silence.ts'
import type { Track } from './copy-shapes.ts'
import { EditorPlayer } from './editor-player.tsx'
import type { Mark } from './mark.ts'
import type { Redaction } from './work.ts'

/** Player of a copy's original: logged like any listening, with the study as purpose. */
export function Original({
  recordingId,
  under,
  handle,
  onOpen,
  ...marking
}: {
  recordingId: string
  under: UnderPurpose
  handle: Ref<PlayerHandle>
  /** Called when a listening opens or ends. */
  onOpen: (isOpen: boolean) => void
  redactions: readonly Redaction[]
  mark: Mark
  onPlayed: (played: Stretch[], isPlaying: boolean) => void
  onMark: (track: Track, fromMs: number, toMs: number) => void
  onMarkFrom: (ms: number) => void
  onMarkTo: (ms: number) => void
  onAdd: () => void
  onResize: (key: number, fromMs: number, toMs: number) => void
  onPick: (key: number) => void
}) {
  return (
    <OfferedListening
      recordingId={recordingId}
      under={under}
      handle={handle}
      startWord="anonymisation.original.start"
      onOpen={onOpen}
    >
      {(open) => <EditorPlayer {...marking} {...open} />}
    </OfferedListening>
  )
}
