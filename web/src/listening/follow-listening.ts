import type { ListeningEnd } from '../api/shapes.ts'

export type ListeningEndReason = ListeningEnd['why']

/** After this long without a message from the server the listening stops. */
const silentMs = 5_000
const checkMs = 500

/**
 * Follows a listening and reports its end once: the server's reason, `silent` if the server sends nothing any more, `refused`
 * if it refuses the stream.
 * @returns a function that stops following
 */
export function followListening(
  path: string,
  onEnded: (reason: ListeningEndReason | 'silent' | 'refused') => void,
): () => void {
  const source = new EventSource(path)
  let lastMessageMs = performance.now()
  const timer = window.setInterval(() => {
    if (performance.now() - lastMessageMs > silentMs) end('silent')
  }, checkMs)
  source.addEventListener('holds', () => {
    lastMessageMs = performance.now()
  })
  source.addEventListener('ended', (event: MessageEvent<string>) => end((JSON.parse(event.data) as ListeningEnd).why))
  source.addEventListener('error', () => {
    // EventSource reconnects after a lost connection, not after a refusal.
    if (source.readyState === EventSource.CLOSED) end('refused')
  })

  function stop(): void {
    window.clearInterval(timer)
    source.close()
  }

  function end(reason: ListeningEndReason | 'silent' | 'refused'): void {
    stop()
    onEnded(reason)
  }

  return stop
}
