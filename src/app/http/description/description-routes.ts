import { approveDraft, rejectDraft } from '#safeguards/versions/decide.ts'
import { authoriseDryRun } from '#safeguards/versions/dry-run-draft.ts'
import { listDrafts, readDraft, type Draft, type DraftRefusal } from '#safeguards/versions/draft.ts'
import { changeDraft, reopenDraft, startDraft, submitDraft, withdrawDraft } from '#safeguards/versions/change-draft.ts'
import { rightsNarrowed } from '#safeguards/versions/draft-consequences.ts'
import { readPublished } from '#safeguards/versions/versions.ts'
import { importNumbers } from '#safeguards/versions/import-numbers.ts'
import { registerOperations } from '../answer.ts'
import { documentOf, viewDraft, viewDrafts, viewVersions } from './description-view.ts'
import type { Desk } from '../desk.ts'
import { viewDryRun } from './dry-run-view.ts'
import { readInstant } from '../read-instant.ts'
import type { Refusal } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { findSession } from '../request-session.ts'

/** Routes for versions of the description, and for the approval of the next one (R1, R14). */
export function descriptionRoutes(app: Routes, desk: Desk): void {
  const { db, clock } = desk

  registerOperations(app, {
    listVersions: async (request) => {
      const session = await findSession(desk, request)
      const versions = await readPublished(db)
      return { items: await viewVersions(desk, versions, { withPeople: session !== undefined }) }
    },

    readVersion: async ({ params }) => {
      const [found] = await readPublished(db, params.version)
      if (!found) return { refused: 'not-found' }
      const [version] = await viewVersions(desk, [found], { withPeople: true })
      return { ...version!, text: found.text, document: documentOf(found.text) }
    },

    listDrafts: async ({ session }) => {
      const { drafts, mayDraft } = await listDrafts(db, session, clock.now())
      return { items: await viewDrafts(desk, drafts), mayDraft }
    },

    startDraft: ({ session }) => describeDraft(startDraft(db, session, clock.now())),
    readDraft: ({ session, params }) => describeDraft(readDraft(db, session, params.id, clock.now())),

    changeDraft: ({ session, params, body }) => {
      const from = readInstant(body.effectiveFrom)
      if (from === 'invalid') return { refused: 'input.invalid', field: 'effectiveFrom' }
      // Rounded to seconds, the precision of the text.
      const effectiveFrom = from?.round({ smallestUnit: 'second', roundingMode: 'ceil' })
      return describeDraft(changeDraft(db, session, params.id, { ...body, effectiveFrom }, clock.now()))
    },

    importNumbers: async ({ session, params, body }) => {
      const change = { revision: body.revision, content: Buffer.from(body.content, 'base64') }
      const imported = await importNumbers(db, session, params.id, change, clock.now())
      if ('refused' in imported && imported.refused === 'import.refused') return imported
      return describeDraft(imported)
    },

    tryDraft: async ({ session, params: { id } }) => {
      const permitted = await authoriseDryRun(db, session, id, clock.now())
      if ('refused' in permitted) return refusalOf(permitted)
      const tried = await desk.custodian.tryDraft({ session: session.token, draft: id })
      if (tried === 'refused') return { refused: 'draft.not-editable' }
      if (tried === 'unreadable') return { refused: 'draft.problems' }
      const { before, after } = permitted
      return viewDryRun(tried, await rightsNarrowed(db, before, after, clock.now()), after)
    },

    submitDraft: ({ session, params, body }) =>
      describeDraft(submitDraft(db, session, params.id, body.revision, clock.now())),
    takeBackDraft: ({ session, params }) => describeDraft(reopenDraft(db, session, params.id, clock.now())),
    withdrawDraft: ({ session, params }) => describeDraft(withdrawDraft(db, session, params.id, clock.now())),

    decideDraft: ({ session, params, body: { decision, revision, note } }) => {
      const decide = decision === 'approve' ? approveDraft : rejectDraft
      return describeDraft(decide(db, session, params.id, { revision, note }, clock.now()))
    },
  })

  async function describeDraft(acting: Draft | DraftRefusal | Promise<Draft | DraftRefusal>) {
    const draft = await acting
    return 'refused' in draft ? refusalOf(draft) : viewDraft(desk, draft)
  }
}

function refusalOf({ refused, problems }: DraftRefusal): Refusal {
  const [first, ...others] = problems ?? []
  if (!first) {
    const isTooSoon = refused === 'draft.not-future' || refused === 'draft.notice'
    return { refused, field: isTooSoon ? 'effectiveFrom' : undefined }
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const message = `Line ${first.line}, ${first.field}: ${first.message.en} ${first.remedy.en}${more}`
  return { refused, message, field: first.field }
}
