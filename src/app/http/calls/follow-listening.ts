import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '#safeguards/people/session.ts'
import { listeningNow } from '#use/playback/listening-now.ts'
import type { Desk } from '../desk.ts'
import { hasDisconnected } from '../event-stream.ts'

/** Interval of validity checks. Audio stops at most 5 s after the right or the session ends, network delay included. */
const pollMs = 1_000
/** Longest tolerated database outage; after it the listening ends. */
const maxOutageMs = 3_000

/**
 * Sends a server-sent event each second: `holds` while the listening is valid, and at the end `ended` with {why, since?}. A
 * player that receives no event for five seconds stops. Does not extend the session.
 */
export function followListening(
  desk: Desk,
  { session, listening }: { session: Session; listening: string },
  request: FastifyRequest,
  reply: FastifyReply,
  onClosed: () => void,
): void {
  reply.hijack()
  if (hasDisconnected(reply)) return onClosed()
  const stream = reply.raw
  stream.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  let knownAt = performance.now()
  let timer = setTimeout(poll, 0)
  stream.on('close', () => {
    clearTimeout(timer)
    onClosed()
  })

  function poll(): void {
    listeningNow(desk.db, session.token, listening)
      .then((now) => {
        knownAt = performance.now()
        if (stream.destroyed) return
        if ('over' in now) return end(now.over, now.since)
        // Closes the stream of a client that does not read, to save memory.
        if (stream.writableNeedDrain) return void stream.destroy()
        stream.write('event: holds\ndata: {}\n\n')
        timer = setTimeout(poll, pollMs)
      })
      .catch((error: unknown) => {
        if (performance.now() - knownAt < maxOutageMs) {
          timer = setTimeout(poll, pollMs)
          return
        }
        request.log.error({ err: error }, 'cannot check whether a playback session is still valid; stopping it')
        end('unknown')
      })
  }

  function end(why: string, since?: string): void {
    stream.end(`event: ended\ndata: ${JSON.stringify({ why, ...(since !== undefined && { since }) })}\n\n`)
  }
}
