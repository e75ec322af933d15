import { useEffect, useEffectEvent, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react'
import type { Listening, Peaks, UnderPurpose } from '../api/shapes.ts'
import { ListenOffer } from './listen.tsx'
import type { PlayerHandle } from './player-frame.tsx'
import { useListening } from './use-listening.ts'
import type { OnBroken } from './use-playback.ts'

/** Props of a player from an open listening. */
export interface OpenListening {
  handle: Ref<PlayerHandle>
  listening: Listening
  peaks: Peaks
  startMs: number
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  /** Called with the position where it stopped: the next listening starts there. */
  onStop: (ms: number) => void
}

/** Player of a recording beside the work on it: offered, opened under the work's purpose, and offered again after its end. */
export function OfferedListening({
  recordingId,
  under,
  handle,
  startWord,
  onOpen,
  children,
}: {
  recordingId: string
  under: UnderPurpose
  /** Play and seek from outside the player; play opens a listening if none is open. */
  handle: Ref<PlayerHandle>
  startWord?: 'listening.start' | 'anonymisation.original.start'
  /** Called when a listening opens or ends. */
  onOpen?: (isOpen: boolean) => void
  /** Renders the player. */
  children: (open: OpenListening) => ReactNode
}) {
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const player = useRef<PlayerHandle>(null)
  const [atMs, setAt] = useState(0)
  const isOpen = state.state === 'open'

  useImperativeHandle(handle, () => ({
    playFrom(ms) {
      if (player.current) return player.current.playFrom(ms)
      setAt(ms)
      void start()
    },
    toggle() {
      if (player.current) player.current.toggle()
      else void start()
    },
    positionMs: () => player.current?.positionMs() ?? atMs,
  }))
  const notifyOpen = useEffectEvent((isOpenNow: boolean) => onOpen?.(isOpenNow))
  useEffect(() => notifyOpen(isOpen), [isOpen])

  if (isOpen) {
    const { listening, peaks } = state
    return children({
      handle: player,
      listening,
      peaks,
      startMs: atMs,
      onEnd: () => end('left'),
      onSpeed: pace,
      onBroken: recover,
      onStop: setAt,
    })
  }
  return <ListenOffer state={state} under={under} startWord={startWord} onStart={() => void start()} />
}
