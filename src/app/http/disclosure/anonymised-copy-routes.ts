import type { PlaybackEnd } from '#use/disclosure/copies/play-copy.ts'
import { beginCopy, startPlayback, checkCopy, readPrivacyReport } from '#use/disclosure/copies/copy-acts.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import { registerOperations, done, viewed } from '../answer.ts'
import { logCustodianRefusal } from '../log-custodian-refusal.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { disconnectSignal, readRange, sendRange } from '../calls/byte-ranges.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Routes for the anonymised copy of a recording: transcript and redactions, rendering, playback, second signature (R33). */
export function anonymisedCopyRoutes(app: Routes, desk: Desk): void {
  const { anonymisedCopies: copies } = desk.custodian

  registerOperations(app, {
    beginCopy: ({ session, params }) => beginCopy(desk.db, session, params.id, params.item),

    readCopy: ({ session, params: { id } }) =>
      requestCopy(session, 'anonymised-copy.read', id, copies.read({ session: session.token, copy: id })),
    saveCopy: ({ session, params: { id }, body }) =>
      requestCopy(session, 'anonymised-copy.saved', id, copies.save({ session: session.token, copy: id, ...body })),
    proposeForCopy: ({ session, params: { id }, body }) =>
      requestCopy(session, 'anonymised-copy.read', id, copies.propose({ session: session.token, copy: id, ...body })),
    recogniseCopy: ({ session, params: { id }, body }) =>
      done(
        requestCopy(
          session,
          'anonymised-copy.recognised',
          id,
          copies.recognise({ session: session.token, copy: id, ...body }),
        ),
      ),
    renderCopy: ({ session, params: { id }, body }) =>
      done(
        requestCopy(
          session,
          'anonymised-copy.rendered',
          id,
          copies.render({ session: session.token, copy: id, ...body }),
        ),
      ),

    hearCopy: ({ session, params }) =>
      viewed(startPlayback(desk.db, session, params.id), (begun) => ({
        ...begun,
        audio: `/api/copy-hearings/${begun.id}/audio`,
      })),

    checkCopy: async ({ session, params, body }) => {
      const checked = await checkCopy(desk.db, session, params.id, body)
      if (checked === 'done' || checked.refused !== 'input.identity-code') return checked
      return { ...checked, field: 'note' }
    },

    readPrivacyReport: ({ session, params }) => readPrivacyReport(desk.db, session, params.id),
  })

  app.route({
    ...operations.hearCopyAudio,
    // HEAD would be logged as a listening.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const range = readRange(request.headers.range)
      if (range === 'invalid') return refuse(reply, 'input.range')
      const requested = { session: request.session.token, hearing: request.params.id, ...range }
      const served = await copies.audio(requested, disconnectSignal(reply))
      if (served === 'out-of-range') return refuse(reply, 'input.range')
      if (served === 'too-fast') return refuse(reply.header('retry-after', '2'), 'listening.too-fast')
      return 'over' in served ? refuse(reply, refusalOf[served.over]) : sendRange(reply, served)
    },
  })

  function requestCopy<Found>(session: Session, action: AuditAction, id: string, request: Promise<Found>) {
    return logCustodianRefusal(desk, session, { action, object: { kind: 'anonymised-copy', id } }, request)
  }
}

/** Refusal codes by the reason for which a playback ended. */
const refusalOf: Record<PlaybackEnd, RefusalCode> = {
  time: 'listening.ended',
  unknown: 'listening.ended',
  right: 'deny.expired',
  session: 'session.none',
  destroyed: 'recording.destroyed',
  restricted: 'recording.restricted',
  changed: 'anonymised-copy.not-rendered',
}
