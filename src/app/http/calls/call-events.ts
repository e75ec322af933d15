import type { ServerResponse } from 'node:http'
import { requestGrant } from '#safeguards/access/grant.ts'
import { sessionHolds } from '#safeguards/people/session.ts'
import { watchCalls } from '#use/search/watch-calls.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { limitOpenStreams } from '../limit-open.ts'
import { hasDisconnected } from '../event-stream.ts'
import { refuse, refuseAs } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { grantForRequest } from '../request-session.ts'

/** Changes within this time are sent as one event. */
const coalesceMs = 250
/** Interval of comments that keep proxies from closing the stream, and of checks that the session is still valid. */
const heartbeatMs = 10_000

/** Maximum number of streams per session. Each costs queries at every change of a call. */
const maxStreams = 8
const tooManyStreams = 'This session watches calls in too many windows at once; close one of them.'

/** Streams ongoing calls as server-sent events (WHATWG HTML, section 9.2). */
export function callEvents(app: Routes, desk: Desk): void {
  const open = limitOpenStreams(maxStreams)
  app.route({
    ...operations.watchCalls,
    // HEAD would never be answered.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { purpose, reference } = request.query
      const grant = await grantForRequest(desk, request, { purpose, reference, action: 'calls.watched' })
      if ('refused' in grant) return refuseAs(reply, grant)
      const { session } = grant
      const close = open(session.token)
      if (!close) return refuse(reply, 'session.too-many', { message: tooManyStreams })
      reply.hijack()
      if (hasDisconnected(reply)) {
        close()
        return reply
      }
      const stream = reply.raw
      stream.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })

      const shown = new Set<string>()
      let timer: NodeJS.Timeout | undefined
      let sending = Promise.resolve()
      const sendNext = () => {
        timer = undefined
        sending = sending.then(send).catch((error: unknown) => {
          request.log.error({ err: error }, 'cannot stream the calls in progress')
          stream.end()
        })
      }
      const changed = () => {
        timer ??= setTimeout(sendNext, coalesceMs)
      }
      const stop = desk.onCallChanged(changed)
      const heartbeat = setInterval(() => {
        // Closes the stream of a client that does not read, to save memory. Browsers reconnect.
        if (stream.writableNeedDrain) return void stream.destroy()
        stream.write(': still here\n\n')
        changed()
      }, heartbeatMs)
      stream.on('close', () => {
        stop()
        clearTimeout(timer)
        clearInterval(heartbeat)
        close()
      })
      sendNext()
      return reply

      async function send(): Promise<void> {
        if (stream.destroyed || stream.writableNeedDrain) return
        const now = desk.clock.now()
        const currentGrant =
          (await sessionHolds(desk.db, session.token, now)) &&
          (await requestGrant(desk.db, session, { purpose, reference, action: 'calls.watched' }, now))
        if (!currentGrant || 'refused' in currentGrant) {
          writeEvent(stream, 'ended', {})
          stream.end()
          return
        }
        writeEvent(stream, 'calls', await watchCalls(desk.db, currentGrant, shown, now))
      }
    },
  })
}

function writeEvent(stream: ServerResponse, name: string, data: unknown): void {
  stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}
