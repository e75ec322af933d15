import type { FastifyReply } from 'fastify'
import { endListening, paceListening } from '#use/playback/end-listening.ts'
import { listeningNow, type Over } from '#use/playback/listening-now.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { readRange, sendRange } from './byte-ranges.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { followListening } from './follow-listening.ts'
import { refuse, refuseGrant, type RefusalCode } from '../refuse.ts'
import { isHeldBack } from '../requests/room-only.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, workstationToken } from '../account/session-cookies.ts'
import { granted, signedIn } from '../signed-in.ts'

/** A session follows a listening or two, in a window or two. */
const followedAtOnce = 8

/** Listening to a recording: begin, audio range by range, peaks, how fast, until when, end. */
export function listeningRoutes(app: Routes, desk: Desk): void {
  const followed = new Map<string, number>()
  app.route({
    ...operations.startListening,
    handler: async (request, reply) => {
      const grant = await granted(desk, request, reply, { ...request.body, action: 'listening.started' })
      if (!grant) return reply
      const listening = await startListening(desk.db, grant, request.params.id, desk.clock.now())
      if (typeof listening === 'string') {
        return refuse(reply, listening === 'not-found' ? listening : (`recording.${listening}` satisfies RefusalCode))
      }
      desk.custodian.prepare({ session: grant.session.token, listening: listening.id }).catch(() => undefined)
      const path = `/api/listenings/${listening.id}`
      return reply.code(201).send({
        id: listening.id,
        audio: `${path}/audio`,
        peaks: `${path}/peaks`,
        events: `${path}/events`,
        until: listening.until.toString(),
      })
    },
  })

  app.route({
    ...operations.readAudio,
    // A HEAD would count as heard.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const token = sessionToken(request)
      const range = readRange(request.headers.range)
      const served =
        token === undefined || range === 'invalid'
          ? 'not-asked'
          : await desk.custodian.audio(
              {
                session: token,
                workstation: workstationToken(request),
                listening: request.params.id,
                ...range,
              },
              goneFrom(reply),
            )
      if (typeof served === 'object' && 'bytes' in served) return sendRange(reply, served)
      // The custodian asked for who it is; what is not served is refused as everywhere.
      if (await isHeldBack(desk, request, reply)) return reply
      if (!(await signedIn(desk, request, reply))) return reply
      if (served === 'out-of-range' || served === 'not-asked') return refuse(reply, 'input.range')
      if (served === 'too-fast') return refuse(reply.header('retry-after', '2'), 'listening.too-fast')
      return refuseOver(reply, served)
    },
  })

  app.route({
    ...operations.readPeaks,
    handler: async (request, reply) => {
      const { session } = request
      const peaks = await desk.custodian.peaks({ session: session.token, listening: request.params.id })
      return 'over' in peaks ? refuseOver(reply, peaks) : reply.send(peaks)
    },
  })

  app.route({
    ...operations.followListening,
    // A HEAD would wait for ever.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { session } = request
      const listening = request.params.id
      const now = await listeningNow(desk.db, session.token, listening)
      if ('over' in now) return refuseOver(reply, now)
      const others = followed.get(session.token) ?? 0
      if (others >= followedAtOnce) return refuse(reply, 'listening.too-many')
      followed.set(session.token, others + 1)
      followListening(desk, { session, listening }, request, reply, () => {
        const left = (followed.get(session.token) ?? 1) - 1
        if (left > 0) followed.set(session.token, left)
        else followed.delete(session.token)
      })
      return reply
    },
  })

  app.route({
    ...operations.paceListening,
    handler: async (request, reply) => {
      const { session } = request
      const paced = await paceListening(desk.db, session, request.params.id, request.body.speed)
      return paced ? reply.code(204).send(null) : refuse(reply, 'listening.ended')
    },
  })

  app.route({
    ...operations.endListening,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endListening(desk.db, session, request.params.id)
      return ended ? reply.code(204).send(null) : refuse(reply, 'listening.ended')
    },
  })
}

function goneFrom(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  return gone.signal
}

/** Says why there is nothing to hear any more: the right ended, the recording was destroyed, or the listening is over. */
function refuseOver(reply: FastifyReply, { over, since }: Over) {
  switch (over) {
    case 'right':
      return refuseGrant(reply, {
        refused: 'deny.expired',
        ...(since !== undefined && { expiredAt: Temporal.Instant.from(since) }),
      })
    case 'destroyed':
    case 'restricted':
      return refuse(reply, `recording.${over}`)
    case 'session':
      return refuse(reply, 'session.none')
    case 'left':
    case 'time':
    case 'unknown':
      return refuse(reply, 'listening.ended')
  }
}
