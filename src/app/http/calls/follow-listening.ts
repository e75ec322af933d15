import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '#safeguards/people/session.ts'
import { listeningNow } from '#use/playback/listening-now.ts'
import type { Desk } from '../desk.ts'
import { hasLeft } from '../open-events.ts'

/** How often a listening is asked after: its sound stops within five seconds of what it stands on, network included. */
const askMs = 1_000
/** The database may be away for a moment; a listening of which nobody knows whether it holds is over. */
const unknownForMs = 3_000

/**
 * Tells the player each second that its listening holds, and when it does not any more, why (server-sent events): event
 * `holds`, or as the last one `ended` with {why, since?}. A player that hears nothing for five seconds stops by itself.
 * Following keeps nobody signed in.
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
  let timer = setTimeout(ask, 0)
  stream.on('close', () => {
    clearTimeout(timer)
    onClosed()
  })

  function ask(): void {
    listeningNow(desk.db, session.token, listening)
      .then((now) => {
        knownAt = performance.now()
        if (stream.destroyed) return
        if ('over' in now) return end(now.over, now.since)
        // Who reads nothing would only fill our memory.
        if (stream.writableNeedDrain) return void stream.destroy()
        stream.write('event: holds\ndata: {}\n\n')
        timer = setTimeout(ask, askMs)
      })
      .catch((error: unknown) => {
        if (performance.now() - knownAt < unknownForMs) {
          timer = setTimeout(ask, askMs)
          return
        }
        request.log.error({ err: error }, 'nobody knows whether a listening still holds; it is stopped')
        end('unknown')
      })
  }

  function end(why: string, since?: string): void {
    stream.end(`event: ended\ndata: ${JSON.stringify({ why, ...(since !== undefined && { since }) })}\n\n`)
  }
}
