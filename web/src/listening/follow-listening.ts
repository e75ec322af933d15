import type { ListeningEnd } from '../api/shapes.ts'

export type OverWhy = ListeningEnd['why']

/** Without a word from the server for so long, nobody knows whether the listening still holds: it stops. */
const silentMs = 5_000
const lookMs = 500

/**
 * Follows whether a listening holds, and says once that it does not any more: why, where the server says it; `silent` where
 * the server says nothing any more, `refused` where it does not let it be followed.
 * @returns the way to stop following
 */
export function followListening(path: string, onOver: (why: OverWhy | 'silent' | 'refused') => void): () => void {
  const source = new EventSource(path)
  let heardAtMs = performance.now()
  const timer = window.setInterval(() => {
    if (performance.now() - heardAtMs > silentMs) over('silent')
  }, lookMs)
  source.addEventListener('holds', () => {
    heardAtMs = performance.now()
  })
  source.addEventListener('ended', (event: MessageEvent<string>) => over((JSON.parse(event.data) as ListeningEnd).why))
  source.addEventListener('error', () => {
    // A connection that broke is made again by itself; one that was refused is not.
    if (source.readyState === EventSource.CLOSED) over('refused')
  })

  function stop(): void {
    window.clearInterval(timer)
    source.close()
  }

  function over(why: OverWhy | 'silent' | 'refused'): void {
    stop()
    onOver(why)
  }

  return stop
}
