/**
 * Listening to a recording under a purpose: the server registers it and serves audio and peaks until it ends. The audio is
 * never stored (R27).
 */
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Listening, Peaks, UnderPurpose } from '../api/shapes.ts'
import { followListening, type ListeningEndReason } from './follow-listening.ts'

export type ListeningState =
  | { state: 'idle' }
  | { state: 'opening' }
  | { state: 'open'; listening: Listening; peaks: Peaks }
  | { state: 'over'; why: ListeningEndReason | 'silent' }
  | { state: 'refused'; error: unknown }

/** Refusals that end a listening, with the reason. */
const endReasonOfRefusal: Partial<Record<string, ListeningEndReason>> = {
  'deny.expired': 'right',
  'recording.destroyed': 'destroyed',
}

/** Starts, follows and ends one listening. */
export function useListening(recordingId: string, under: UnderPurpose) {
  const [state, setState] = useState<ListeningState>({ state: 'idle' })
  const openId = useRef<string>(undefined)
  const recoveries = useRef<number[]>([])
  const setRefused = (error: unknown) => setState({ state: 'refused', error })

  const end = (why: 'time' | 'left' | 'silent') => {
    endOnServer(openId.current)
    openId.current = undefined
    setState({ state: 'over', why })
  }

  const start = async () => {
    setState({ state: 'opening' })
    recoveries.current = []
    try {
      const begun = await api.POST('/api/recordings/{id}/listenings', {
        params: { path: { id: recordingId } },
        body: under,
      })
      if (!begun.data) return setRefused(begun.error)
      openId.current = begun.data.id
      const peaks = await api.GET('/api/listenings/{id}/peaks', { params: { path: { id: begun.data.id } } })
      if (!peaks.data) return setRefused(peaks.error)
      setState({ state: 'open', listening: begun.data, peaks: peaks.data })
    } catch (failure) {
      setRefused(failure)
    }
  }

  /**
   * Recovers broken audio: if the server still serves it, it is fetched again, at most twice in 30 s (lost connection,
   * restarted process); otherwise the listening ends and the reason is read.
   */
  const recover = async (): Promise<boolean> => {
    const id = openId.current
    if (!id) return false
    recoveries.current = recoveries.current.filter((at) => at > performance.now() - 30_000)
    if (recoveries.current.length < 2) {
      recoveries.current.push(performance.now())
      const answer = await probe(id)
      if (openId.current !== id) return false
      if (answer?.ok) return true
    }
    await explain()
    return false
  }

  /** Audio stopped arriving: asks the server for the reason, once. */
  const explain = async () => {
    const id = openId.current
    if (!id) return
    openId.current = undefined
    const answer = await probe(id)
    const body: unknown = answer && !answer.ok ? await answer.json().catch(() => undefined) : undefined
    endOnServer(id)
    // The refusal may arrive before the server's end message, with the same reason.
    const why = endReasonOfRefusal[refusalKey(body)]
    if (why) return setState({ state: 'over', why })
    setRefused(body ?? { error: { code: answer ? 'audio' : 'no-answer' } })
  }

  /** The server has ended the listening: closes the player and discards the fetched audio. */
  const finish = useEffectEvent((why: ListeningEndReason | 'silent' | 'refused') => {
    if (!openId.current) return
    if (why === 'refused') return void explain()
    if (why === 'silent') return end('silent')
    openId.current = undefined
    setState({ state: 'over', why })
    if (why === 'session') void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
  })
  const events = state.state === 'open' ? state.listening.events : undefined
  useEffect(() => (events ? followListening(events, finish) : undefined), [events])

  const pace = (speed: number) => {
    const id = openId.current
    if (id)
      void api.PUT('/api/listenings/{id}/speed', { params: { path: { id } }, body: { speed } }).catch(() => undefined)
  }

  const until = state.state === 'open' ? state.listening.until : undefined
  useEffect(() => {
    if (!until) return
    // A timeout over 24 days would fire at once; a listening is never that long, but the server's value may be.
    const leftMs = Math.min(Math.max(0, Date.parse(until) - serverNowMs()), 2 ** 31 - 1)
    const timer = window.setTimeout(() => end('time'), leftMs)
    return () => window.clearTimeout(timer)
  }, [until])

  useEffect(() => {
    const leave = () => {
      if (openId.current) end('left')
    }
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      endOnServer(openId.current)
      openId.current = undefined
    }
  }, [])

  return { state, start, end, recover, pace }
}

/**
 * Requests the first byte, which is no audio, to see whether the audio is still served. Undefined if the server does not
 * answer.
 */
const probe = (id: string) =>
  fetch(`/api/listenings/${id}/audio`, { headers: { range: 'bytes=0-0' } }).catch(() => undefined)

/** Sent even while the page unloads. */
function endOnServer(id: string | undefined): void {
  if (id) void fetch(`/api/listenings/${id}`, { method: 'DELETE', keepalive: true }).catch(() => undefined)
}
