/**
 * Counts of the day's calls by service number and unit, for the live view and the wall display. Without callers, officials and
 * calls.
 */
import { useEffect, useRef, useState } from 'react'
import { queries } from '../api/client.ts'
import type { Today } from './day-counts.ts'

export type Connection = 'connecting' | 'open' | 'lost'
const reconnectMs = 5000

/** Streams the day's counts; frozen while paused. */
export function useToday() {
  const [connection, setConnection] = useState<Connection>('connecting')
  const [today, setToday] = useState<Today>()
  const [isPaused, setPaused] = useState(false)
  const paused = useRef(false)
  const newestWhilePaused = useRef<Today>(undefined)

  useEffect(() => {
    let source: EventSource | undefined
    let timer = 0
    const connect = () => {
      source = new EventSource('/api/calls-today')
      source.addEventListener('open', () => setConnection('open'))
      source.addEventListener('today', (event: MessageEvent<string>) => {
        setConnection('open')
        const snapshot = JSON.parse(event.data) as Today
        if (paused.current) newestWhilePaused.current = snapshot
        else setToday(snapshot)
      })
      source.addEventListener('error', () => {
        setConnection('lost')
        if (source?.readyState !== EventSource.CLOSED) return
        // The server refused: the session may have ended.
        void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
        window.clearTimeout(timer)
        timer = window.setTimeout(connect, reconnectMs)
      })
    }
    connect()
    return () => {
      window.clearTimeout(timer)
      source?.close()
    }
  }, [])

  return {
    connection,
    today,
    isPaused,
    pause(on: boolean) {
      paused.current = on
      setPaused(on)
      if (!on && newestWhilePaused.current) setToday(newestWhilePaused.current)
      newestWhilePaused.current = undefined
    },
  }
}
