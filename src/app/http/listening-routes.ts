import { endListening } from '#use/playback/end-listening.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { operations } from './contract/operations.ts'
import type { Desk } from './desk.ts'
import { refuse, type RefusalCode } from './refuse.ts'
import type { Routes } from './routes.ts'
import { granted, signedIn } from './signed-in.ts'

/** Listening to a recording: begin, audio range by range, peaks, end. */
export function listeningRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.startListening,
    handler: async (request, reply) => {
      const grant = await granted(desk, request, reply, { ...request.body, action: 'listening.started' })
      if (!grant) return reply
      const listening = await startListening(desk.db, grant, request.params.id, desk.clock.now())
      if (typeof listening === 'string') {
        return refuse(reply, listening === 'not-found' ? listening : (`recording.${listening}` satisfies RefusalCode))
      }
      const path = `/api/listenings/${listening.id}`
      return reply
        .code(201)
        .send({ id: listening.id, audio: `${path}/audio`, peaks: `${path}/peaks`, until: listening.until.toString() })
    },
  })

  app.route({
    ...operations.readAudio,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const range = readRange(request.headers.range)
      if (range === 'invalid') return refuse(reply, 'input.range')
      const served = await desk.custodian.audio({ session: session.token, listening: request.params.id, ...range })
      if (served === 'refused') return refuse(reply, 'listening.ended')
      if (served === 'out-of-range') return refuse(reply, 'input.range')
      const last = served.from + served.bytes.length - 1
      return reply
        .code(206)
        .header('accept-ranges', 'bytes')
        .header('content-range', `bytes ${served.from}-${last}/${served.totalBytes}`)
        .type('audio/wav')
        .send(served.bytes as never)
    },
  })

  app.route({
    ...operations.readPeaks,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const peaks = await desk.custodian.peaks({ session: session.token, listening: request.params.id })
      return peaks === 'refused' ? refuse(reply, 'listening.ended') : reply.send(peaks)
    },
  })

  app.route({
    ...operations.endListening,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const ended = await endListening(desk.db, session, request.params.id, desk.clock.now())
      return ended ? reply.code(204).send(null) : refuse(reply, 'listening.ended')
    },
  })
}

/** One range of bytes (RFC 9110 section 14.2); without the header, the beginning. Both ends are included. */
function readRange(header: string | undefined): { from: number; to?: number } | 'invalid' {
  if (header === undefined) return { from: 0 }
  const match = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(header.trim())
  if (!match) return 'invalid'
  const from = Number(match[1])
  if (!match[2]) return { from }
  const to = Number(match[2])
  return to < from ? 'invalid' : { from, to }
}
