import { endListening, paceListening } from '#use/playback/end-listening.ts'
import { listeningNow, type ListeningEnd } from '#use/playback/listening-now.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { disconnectSignal, readRange, sendRange } from './byte-ranges.ts'
import { registerOperations } from '../answer.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { followListening } from './follow-listening.ts'
import { limitOpenStreams } from '../limit-open.ts'
import { refuse, refuseAs, type Refusal } from '../refuse.ts'
import { refuseInListeningMode } from '../requests/listening-mode.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, workstationToken } from '../account/session-cookies.ts'
import { grantForRequest, requireSession } from '../request-session.ts'

/** Maximum number of event streams per session; a user may have a few windows. */
const maxStreams = 8

/** Routes for listening to a recording: begin, audio by range, waveform peaks, playback rate, validity, end. */
export function listeningRoutes(app: Routes, desk: Desk): void {
  const openStream = limitOpenStreams(maxStreams)

  registerOperations(app, {
    startListening: async (request) => {
      const grant = await grantForRequest(desk, request, { ...request.body, action: 'listening.started' })
      if ('refused' in grant) return grant
      const listening = await startListening(desk.db, grant, request.params.id, desk.clock.now())
      if (listening === 'not-found') return { refused: listening }
      if (typeof listening === 'string') return { refused: `recording.${listening}` }
      desk.custodian.prepare({ session: grant.session.token, listening: listening.id }).catch(() => undefined)
      const path = `/api/listenings/${listening.id}`
      return { ...listening, audio: `${path}/audio`, peaks: `${path}/peaks`, events: `${path}/events` }
    },

    readPeaks: async ({ session, params }) => {
      const peaks = await desk.custodian.peaks({ session: session.token, listening: params.id })
      return 'over' in peaks ? endRefusal(peaks) : peaks
    },

    paceListening: async ({ session, params, body }) =>
      (await paceListening(desk.db, session, params.id, body.speed)) ? 'done' : { refused: 'listening.ended' },

    endListening: async ({ session, params }) =>
      (await endListening(desk.db, session, params.id)) ? 'done' : { refused: 'listening.ended' },
  })

  app.route({
    ...operations.readAudio,
    // HEAD would be logged as a listening.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const token = sessionToken(request)
      const range = readRange(request.headers.range)
      const served =
        token === undefined || range === 'invalid'
          ? 'not-requested'
          : await desk.custodian.audio(
              {
                session: token,
                workstation: workstationToken(request),
                listening: request.params.id,
                ...range,
              },
              disconnectSignal(reply),
            )
      if (typeof served === 'object' && 'bytes' in served) return sendRange(reply, served)
      // No audio: checks the session here too, so that the refusal has the usual status and code.
      if (await refuseInListeningMode(desk, request, reply)) return reply
      if (!(await requireSession(desk, request, reply))) return reply
      if (served === 'out-of-range' || served === 'not-requested') return refuse(reply, 'input.range')
      if (served === 'too-fast') return refuse(reply.header('retry-after', '2'), 'listening.too-fast')
      return refuseAs(reply, endRefusal(served))
    },
  })

  app.route({
    ...operations.followListening,
    // HEAD would never be answered.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { session } = request
      const listening = request.params.id
      const now = await listeningNow(desk.db, session.token, listening)
      if ('over' in now) return refuseAs(reply, endRefusal(now))
      const close = openStream(session.token)
      if (!close) return refuse(reply, 'listening.too-many')
      followListening(desk, { session, listening }, request, reply, close)
      return reply
    },
  })
}

/** Returns the refusal for the end of a listening: the right ended, the recording was destroyed, or the listening was closed. */
function endRefusal({ over, since }: ListeningEnd): Refusal {
  switch (over) {
    case 'right':
      return { refused: 'deny.expired', expiredAt: since === undefined ? undefined : Temporal.Instant.from(since) }
    case 'destroyed':
    case 'restricted':
      return { refused: `recording.${over}` }
    case 'session':
      return { refused: 'session.none' }
    case 'left':
    case 'time':
    case 'unknown':
      return { refused: 'listening.ended' }
  }
}
