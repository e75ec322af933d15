import { useEffect, useRef, useState } from 'react'
import { queries } from '../api/client.ts'
import type { LiveCalls, UnderPurpose } from '../api/shapes.ts'
import { nextRows, withoutEnded, type LiveRow } from './rows.ts'

export type Connection = 'connecting' | 'open' | 'lost'
const reconnectMs = 5000

/** Streams calls in progress; while paused, the rows are frozen and only changes are counted. */
export function useLiveCalls({ purpose, reference }: UnderPurpose) {
  const [connection, setConnection] = useState<Connection>('connecting')
  const [rows, setRows] = useState<LiveRow[]>()
  const [at, setAt] = useState<string>()
  const [isPaused, setPaused] = useState(false)
  const [missed, setMissed] = useState(0)
  const newestWhilePaused = useRef<LiveCalls>(undefined)
  const paused = useRef(false)

  const show = (snapshot: LiveCalls) => {
    setRows((before) => nextRows(before ?? [], snapshot))
    setAt(snapshot.at)
  }

  useEffect(() => {
    let source: EventSource | undefined
    let timer = 0
    const connect = () => {
      source = new EventSource(
        `/api/calls?${new URLSearchParams({ purpose, ...(reference && { reference }) }).toString()}`,
      )
      source.addEventListener('open', () => setConnection('open'))
      source.addEventListener('calls', (event: MessageEvent<string>) => {
        setConnection('open')
        const snapshot = JSON.parse(event.data) as LiveCalls
        if (!paused.current) return show(snapshot)
        newestWhilePaused.current = snapshot
        setMissed((count) => count + 1)
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
  }, [purpose, reference])

  return {
    connection,
    rows,
    at,
    isPaused,
    missed,
    pause(on: boolean) {
      paused.current = on
      setPaused(on)
      setMissed(0)
      if (!on && newestWhilePaused.current) show(newestWhilePaused.current)
      newestWhilePaused.current = undefined
    },
    clearEnded: () => setRows((before) => before && withoutEnded(before)),
  }
}
