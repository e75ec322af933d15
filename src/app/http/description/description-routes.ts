import type { FastifyReply } from 'fastify'
import { approveDraft, rejectDraft } from '#safeguards/versions/decide.ts'
import { permitTrial } from '#safeguards/versions/draft-to-try.ts'
import { listDrafts, readDraft, type Draft, type DraftRefusal } from '#safeguards/versions/draft.ts'
import {
  changeDraft,
  startDraft,
  submitDraft,
  takeBackDraft,
  withdrawDraft,
} from '#safeguards/versions/change-draft.ts'
import { importNumbers } from '#safeguards/versions/import/import-numbers.ts'
import { rightsNarrowed } from '#safeguards/versions/rights-narrowed.ts'
import { readPublished } from '#safeguards/versions/versions.ts'
import { operations } from '../contract/operations.ts'
import { documentOf, viewDraft, viewDrafts, viewVersions } from './description-view.ts'
import type { Desk } from '../desk.ts'
import { viewDryRun } from './dry-run-view.ts'
import { readInstant } from '../read-instant.ts'
import { refuse, refuseImport } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionBehind } from '../signed-in.ts'

const largestTextBytes = 4 * 1024 * 1024
const largestFileBytes = 9 * 1024 * 1024

/** The description's versions, and the procedure that leads to the next one (R1, R14). */
export function descriptionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listVersions,
    handler: async (request, reply) => {
      const session = await sessionBehind(desk, request)
      const versions = await readPublished(desk.db)
      return reply.send({ items: await viewVersions(desk, versions, { withPeople: session !== undefined }) })
    },
  })

  app.route({
    ...operations.readVersion,
    handler: async (request, reply) => {
      const [found] = await readPublished(desk.db, request.params.version)
      if (!found) return refuse(reply, 'not-found')
      const [version] = await viewVersions(desk, [found], { withPeople: true })
      return reply.send({ ...version!, text: found.text, document: documentOf(found.text) })
    },
  })

  app.route({
    ...operations.listDrafts,
    handler: async (request, reply) => {
      const { session } = request
      const { drafts, mayDraft } = await listDrafts(desk.db, session, desk.clock.now())
      return reply.send({ items: await viewDrafts(desk, drafts), mayDraft })
    },
  })

  app.route({
    ...operations.startDraft,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await startDraft(desk.db, session, desk.clock.now()), 201)
    },
  })

  app.route({
    ...operations.readDraft,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await readDraft(desk.db, session, request.params.id, desk.clock.now()))
    },
  })

  app.route({
    ...operations.changeDraft,
    bodyLimit: largestTextBytes,
    handler: async (request, reply) => {
      const { session } = request
      const { revision, text, edits, reason, effectiveFrom } = request.body
      const from = readInstant(effectiveFrom)
      if (from === 'invalid') return refuse(reply, 'input.invalid', { field: 'effectiveFrom' })
      // To the second: the text writes no less.
      const toTheSecond = from?.round({ smallestUnit: 'second', roundingMode: 'ceil' })
      const change = { revision, text, edits, reason, effectiveFrom: toTheSecond }
      return answer(reply, await changeDraft(desk.db, session, request.params.id, change, desk.clock.now()))
    },
  })

  app.route({
    ...operations.importNumbers,
    bodyLimit: largestFileBytes,
    handler: async (request, reply) => {
      const { session } = request
      const { revision } = request.body
      const content = Buffer.from(request.body.content, 'base64')
      const result = await importNumbers(desk.db, session, request.params.id, { revision, content }, desk.clock.now())
      if ('refused' in result && result.refused === 'import.refused') return refuseImport(reply, result.problems)
      return answer(reply, result)
    },
  })

  app.route({
    ...operations.tryDraft,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const permitted = await permitTrial(desk.db, session, id, desk.clock.now())
      if ('refused' in permitted) return refuseDraft(reply, permitted)
      const tried = await desk.custodian.tryDraft({ session: session.token, draft: id })
      if (tried === 'refused') return refuse(reply, 'draft.not-editable')
      if (tried === 'unreadable') return refuse(reply, 'draft.problems')
      const { before, after } = permitted
      const narrowed = await rightsNarrowed(desk.db, before, after, desk.clock.now())
      return reply.send(viewDryRun(tried, narrowed, after))
    },
  })

  app.route({
    ...operations.submitDraft,
    handler: async (request, reply) => {
      const { session } = request
      const { revision } = request.body
      return answer(reply, await submitDraft(desk.db, session, request.params.id, revision, desk.clock.now()))
    },
  })

  app.route({
    ...operations.takeBackDraft,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await takeBackDraft(desk.db, session, request.params.id, desk.clock.now()))
    },
  })

  app.route({
    ...operations.withdrawDraft,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await withdrawDraft(desk.db, session, request.params.id, desk.clock.now()))
    },
  })

  app.route({
    ...operations.decideDraft,
    handler: async (request, reply) => {
      const { session } = request
      const { decision, revision, note } = request.body
      const decide = decision === 'approve' ? approveDraft : rejectDraft
      return answer(reply, await decide(desk.db, session, request.params.id, { revision, note }, desk.clock.now()))
    },
  })

  async function answer(reply: FastifyReply, draft: Draft | DraftRefusal, status: 200 | 201 = 200) {
    if ('refused' in draft) return refuseDraft(reply, draft)
    return reply.code(status).send(await viewDraft(desk, draft))
  }
}

function refuseDraft(reply: FastifyReply, { refused, problems }: DraftRefusal) {
  const [first, ...others] = problems ?? []
  if (!first)
    return refuse(reply, refused, {
      ...((refused === 'draft.not-future' || refused === 'draft.notice') && { field: 'effectiveFrom' }),
    })
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return refuse(reply, refused, {
    message: `Line ${first.line}, ${first.field}: ${first.message.en} ${first.remedy.en}${more}`,
    field: first.field,
  })
}
