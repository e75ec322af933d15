import type { FastifyReply } from 'fastify'
import type { HearingOver } from '#use/disclosure/copies/hear-copy.ts'
import { beginCopy, beginHearing, checkCopy, readPrivacyReport } from '#use/disclosure/copies/judge-copy.ts'
import { appendAudit, type AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readRange, sendRange } from '../calls/byte-ranges.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What is said in a call of an hour, with room. */
const largestWordsBytes = 2 * 1024 * 1024

/** The anonymised copy of a recording: words and redactions, rendering, hearing, the second person's signature (R33). */
export function anonymisedCopyRoutes(app: Routes, desk: Desk): void {
  /** A refusal of the custodian's is logged here, as it has no log of what people ask. */
  async function refused(
    reply: FastifyReply,
    session: Session,
    action: AuditAction,
    id: string,
    { refused: code, of }: { refused: RefusalCode; of?: string },
  ) {
    await appendAudit(desk.db, {
      action,
      result: `refused:${code}`,
      personId: session.personId,
      object: { kind: 'anonymised-copy', id },
    })
    return refuse(reply, code, of === undefined ? {} : { field: of })
  }

  app.route({
    ...operations.beginCopy,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginCopy(desk.db, session, request.params.id, request.params.item)
      return 'refused' in begun ? refuse(reply, begun.refused) : reply.send(begun)
    },
  })

  app.route({
    ...operations.readCopy,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const read = await desk.custodian.anonymisedCopies.read({ session: session.token, copy: id })
      return 'refused' in read ? refused(reply, session, 'anonymised-copy.read', id, read) : reply.send(read)
    },
  })

  app.route({
    ...operations.saveCopy,
    bodyLimit: largestWordsBytes,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const saved = await desk.custodian.anonymisedCopies.save({ session: session.token, copy: id, ...request.body })
      return 'refused' in saved ? refused(reply, session, 'anonymised-copy.saved', id, saved) : reply.send(saved)
    },
  })

  app.route({
    ...operations.proposeForCopy,
    bodyLimit: largestWordsBytes,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const asked = { session: session.token, copy: id, turns: request.body.turns }
      const proposed = await desk.custodian.anonymisedCopies.propose(asked)
      return 'refused' in proposed
        ? refused(reply, session, 'anonymised-copy.read', id, proposed)
        : reply.send(proposed)
    },
  })

  app.route({
    ...operations.recogniseCopy,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const asked = { session: session.token, copy: id, language: request.body.language }
      const begun = await desk.custodian.anonymisedCopies.recognise(asked)
      if ('refused' in begun) return refused(reply, session, 'anonymised-copy.recognised', id, begun)
      return reply.code(202).send(null)
    },
  })

  app.route({
    ...operations.renderCopy,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const asked = { session: session.token, copy: id, revision: request.body.revision }
      const begun = await desk.custodian.anonymisedCopies.render(asked)
      if ('refused' in begun) return refused(reply, session, 'anonymised-copy.rendered', id, begun)
      return reply.code(202).send(null)
    },
  })

  app.route({
    ...operations.hearCopy,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginHearing(desk.db, session, request.params.id)
      if ('refused' in begun) return refuse(reply, begun.refused)
      return reply.code(201).send({ ...begun, audio: `/api/copy-hearings/${begun.id}/audio` })
    },
  })

  app.route({
    ...operations.hearCopyAudio,
    // A HEAD would count as heard.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { session } = request
      const range = readRange(request.headers.range)
      if (range === 'invalid') return refuse(reply, 'input.range')
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const asked = { session: session.token, hearing: request.params.id, ...range }
      const served = await desk.custodian.anonymisedCopies.audio(asked, gone.signal)
      if (served === 'out-of-range') return refuse(reply, 'input.range')
      if (served === 'too-fast') return refuse(reply.header('retry-after', '2'), 'listening.too-fast')
      return 'over' in served ? refuse(reply, whenOver[served.over]) : sendRange(reply, served)
    },
  })

  app.route({
    ...operations.checkCopy,
    handler: async (request, reply) => {
      const { session } = request
      const checked = await checkCopy(desk.db, session, request.params.id, request.body)
      if (checked === 'done') return reply.code(204).send(null)
      return refuse(reply, checked.refused, checked.refused === 'input.identity-code' ? { field: 'note' } : {})
    },
  })

  app.route({
    ...operations.readPrivacyReport,
    handler: async (request, reply) => {
      const { session } = request
      const report = await readPrivacyReport(desk.db, session, request.params.id)
      return 'refused' in report ? refuse(reply, report.refused) : reply.send(report)
    },
  })
}

/** Why there is nothing to hear any more. */
const whenOver: Record<HearingOver, RefusalCode> = {
  time: 'listening.ended',
  unknown: 'listening.ended',
  right: 'deny.expired',
  session: 'session.none',
  destroyed: 'recording.destroyed',
  restricted: 'recording.restricted',
  changed: 'anonymised-copy.not-rendered',
}
