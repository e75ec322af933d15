import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '#safeguards/people/session.ts'
import { listeningNow } from '#use/playback/listening-now.ts'
import type { Desk } from '../desk.ts'
import { hasLeft } from '../open-events.ts'

/** Polling interval of a listening: audio stops within five seconds after its right or session ends, network included. */
const pollMs = 1_000
/** A short outage of the database is tolerated; then the listening ends. */
const unknownForMs = 3_000

/**
 * Reports each second that a listening is valid (server-sent event `holds`), or why it ended (last event `ended` with {why,
 * since?}). A player without events for five seconds stops by itself. Does not extend the session.
 */
export function followListening(
  desk: Desk,
  { session, listening }: { session: Session; listening: string },
  request: FastifyRequest,
  reply: FastifyReply,
  onClosed: () => void,
): void {
  reply.hijack()
  if (hasLeft(reply)) return onClosed()
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
        // A client that does not read would fill memory.
        if (stream.writableNeedDrain) return void stream.destroy()
        stream.write('event: holds\ndata: {}\n\n')
        timer = setTimeout(poll, pollMs)
      })
      .catch((error: unknown) => {
        if (performance.now() - knownAt < unknownForMs) {
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
