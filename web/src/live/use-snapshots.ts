import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { queries } from '../api/client.ts'

type Connection = 'connecting' | 'open' | 'lost'
const reconnectMs = 5000

/**
 * Streams snapshots from the server to `show`. While paused, none is shown: they are counted, and the newest one is shown when
 * the pause ends.
 */
export function useSnapshots<Snapshot>(url: string, event: string, show: (snapshot: Snapshot) => void) {
  const [connection, setConnection] = useState<Connection>('connecting')
  const [isPaused, setPaused] = useState(false)
  const [missed, setMissed] = useState(0)
  const newestWhilePaused = useRef<Snapshot>(undefined)
  const paused = useRef(false)
  const receive = useEffectEvent((snapshot: Snapshot) => {
    if (!paused.current) return show(snapshot)
    newestWhilePaused.current = snapshot
    setMissed((count) => count + 1)
  })

  useEffect(() => {
    let source: EventSource | undefined
    let timer = 0
    const connect = () => {
      source = new EventSource(url)
      source.addEventListener('open', () => setConnection('open'))
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        setConnection('open')
        receive(JSON.parse(data) as Snapshot)
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
  }, [url, event])

  return {
    connection,
    isPaused,
    missed,
    pause(on: boolean) {
      paused.current = on
      setPaused(on)
      setMissed(0)
      if (!on && newestWhilePaused.current) show(newestWhilePaused.current)
      newestWhilePaused.current = undefined
    },
  }
}
