// R23, R25, L29: the effects of a draft on open requests are those shown since its submission, not those that a desk states at its approval.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { TextEdit } from '#description/edit/edit-description.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Draft } from '#safeguards/versions/draft.ts'
import { reopenDraft } from '#safeguards/versions/change-draft.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import { descriptionCurrent } from '#use/evidence/description-current.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange } from '../database/drafts.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { clerk, people, makeInspection, makeRecordingUntil } = desk
const deskDb = database.as('seloste_desk').db
const asta = await people.asta.signIn()
const riitta = await people.riitta.signIn()
await makeInspection([await makeRecordingUntil(24 * 30)])

const shorter: TextEdit[] = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }]
const inDays = (days: number) =>
  Temporal.Now.instant()
    .add({ hours: 24 * days })
    .round('second')
const submit = (days: number) => submitChange(deskDb, asta, inDays(days), { edits: shorter })
const nothing =
  '{"terms": [], "planned": [], "endsKinds": [], "endsHolds": false, "endsService": false, "endsResearch": false, "endsAuthority": false}'

/** Runs a statement as a desk that was taken over, in somebody's session. */
const asDesk = (session: Session, statement: string) =>
  inSession(deskDb, { 'seloste.session': session.token }, (tx) => sql.raw(statement).execute(tx))
const withdraw = async (draft: Draft) =>
  expect(await reopenDraft(deskDb, asta, draft.id, Temporal.Now.instant())).not.toHaveProperty('refused')
const pending = async (draft: Draft) =>
  ((await clerk.request('/api/pending-rights')).body['items'] as { draft: string }[]).filter(
    (right) => right.draft === draft.id,
  )

test('a desk that approves a draft states no effects: those stored at its submission count', async () => {
  const roles =
    '[{"role":"DECISION_MAKER","purposes":[],"scope":"none"},{"role":"ADMINISTRATOR","purposes":[],"scope":"none"}]'
  const draft = await submit(15)
  const approve = (effects: string) =>
    asDesk(riitta, `select approve_draft('${draft.id}', ${draft.revision}, '[]', '${roles}'${effects}, null)`)
  await expect(approve(`, '${nothing}'`)).rejects.toThrow(/approve_draft.* does not exist/)
  await expect(approve('')).rejects.toThrow('draft.pending-rights')
  await withdraw(draft)
})

test('the effects of a submitted draft stay as they were shown, also in its author’s session', async () => {
  const draft = await submit(15)
  expect(await pending(draft)).toHaveLength(1)
  await asDesk(asta, `select record_reach('${draft.id}', '${nothing}')`)
  expect(await pending(draft)).toHaveLength(1)
  await withdraw(draft)
})

test('effects that differ from the texts break description.current before the approval', async () => {
  const draft = await submit(15)
  const check = async () => {
    const [{ db }, now] = [database.as('seloste_custodian'), Temporal.Now.instant()]
    const versions = await readVersions(db)
    const context = { db, versions, version: versionAt(versions, now), now }
    const checked = await descriptionCurrent.check(context as unknown as CheckContext, undefined)
    return checked === 'not-yet' ? undefined : { holds: checked.holds, misstated: checked.facts.misstated }
  }
  expect(await check()).toMatchObject({ misstated: 0 })
  await sql`update description_reach set reach = ${nothing}::jsonb where draft_id = ${draft.id}`.execute(
    database.as().db,
  )
  expect(await check()).toEqual({ holds: false, misstated: 1 })
  await withdraw(draft)
  expect(await check()).toMatchObject({ misstated: 0 })
})
