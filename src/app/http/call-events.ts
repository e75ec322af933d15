import type { ServerResponse } from 'node:http'
import { requestGrant } from '#safeguards/access/grant.ts'
import { sessionHolds } from '#safeguards/people/session.ts'
import { watchCalls } from '#use/search/watch-calls.ts'
import { operations } from './contract/operations.ts'
import type { Desk } from './desk.ts'
import type { Routes } from './routes.ts'
import { granted } from './signed-in.ts'

/** Changes closer together than this make one event. */
const gatherMs = 250
/** A comment now and then keeps proxies from closing the stream, and ends it for those whose session has ended. */
const heartbeatMs = 10_000

/** Calls in progress as server-sent events (WHATWG HTML, section 9.2). */
export function callEvents(app: Routes, desk: Desk): void {
  app.route({
    ...operations.watchCalls,
    handler: async (request, reply) => {
      const { purpose, reference } = request.query
      const grant = await granted(desk, request, reply, { purpose, reference, action: 'calls.watched' })
      if (!grant) return reply
      const { session } = grant
      reply.hijack()
      const stream = reply.raw
      stream.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })

      const shown = new Set<string>()
      let timer: NodeJS.Timeout | undefined
      let showing = Promise.resolve()
      const show = () => {
        timer = undefined
        showing = showing.then(send).catch((error: unknown) => {
          request.log.error({ err: error }, 'calls in progress could not be shown')
          stream.end()
        })
      }
      const changed = () => {
        timer ??= setTimeout(show, gatherMs)
      }
      const stop = desk.onCallChanged(changed)
      const heartbeat = setInterval(() => {
        stream.write(': still here\n\n')
        changed()
      }, heartbeatMs)
      stream.on('close', () => {
        stop()
        clearTimeout(timer)
        clearInterval(heartbeat)
      })
      show()
      return reply

      async function send(): Promise<void> {
        if (stream.destroyed) return
        const now = desk.clock.now()
        const still =
          (await sessionHolds(desk.db, session.token, now)) &&
          (await requestGrant(desk.db, session, { purpose, reference, action: 'calls.watched' }, now))
        if (!still || 'refused' in still) {
          writeEvent(stream, 'ended', {})
          stream.end()
          return
        }
        writeEvent(stream, 'calls', await watchCalls(desk.db, still, shown, now))
      }
    },
  })
}

function writeEvent(stream: ServerResponse, name: string, data: unknown): void {
  stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}
