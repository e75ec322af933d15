// R27, R34, L29: a change of the description cannot take a recording out of a disclosure without a notice and a
// decision on it.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { TextEdit } from '#description/edit/edit-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { approveDraft, rejectDraft } from '#safeguards/versions/decide.ts'
import type { Draft } from '#safeguards/versions/draft.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange, acceptedDraft } from '../database/drafts.ts'
import { openResearch } from '../disclosure/open-research.ts'

const database = await createTestDatabase<RegisterTables>()
const research = await openResearch(database)
const { ends, people, send, act, admin, beginDisclosure, pick, releasedDisclosure, decide } = research
const deskDb = database.as('seloste_desk').db
const author = await people.anssi.signIn()
const decider = await people.riitta.signIn()

const now = () => Temporal.Now.instant()
const inDays = (days: number) =>
  now()
    .add({ hours: 24 * days })
    .round({ smallestUnit: 'second', roundingMode: 'ceil' })
const shorter: TextEdit[] = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }]
const submit = (days: number, edits = shorter) => submitChange(deskDb, author, inDays(days), { edits })
const approve = (draft: Draft) => approveDraft(deskDb, decider, draft.id, { revision: draft.revision }, now())
const reject = async (draft: Draft) =>
  acceptedDraft(await rejectDraft(deskDb, decider, draft.id, { revision: draft.revision, note: 'Ei.' }, now()))
const consequences = async (draft: Draft) => {
  const { body } = await send('riitta', 'POST', `/api/description/drafts/${draft.id}/dry-run`, {})
  return (body['consequences'] as { kind: string; text: { en: string } }[])
    .filter(({ kind }) => kind === 'pending-rights')
    .map(({ text }) => text.en)
}
const pending = async (name: Parameters<typeof send>[0], { id: wanted }: Draft) => {
  const { body } = await send(name, 'GET', '/api/pending-disclosures')
  return (body['items'] as { draft: string; disclosure: { kind: string; id: string }; items: number }[])
    .filter(({ draft }) => draft === wanted)
    .map(({ disclosure: { kind, id }, items }) => [kind, id, items])
}

/** Enters an authority's request with the recording of a call, as the security unit. */
async function requestByAuthority(call: { id: string; contactId: string }): Promise<string> {
  const [provision] = ends.versions.at(now()).description.disclosure.provisions
  const { status, body } = await send('tuula', 'POST', '/api/authority-disclosures', {
    ...{
      origin: 'REQUEST',
      authority: 'Poliisi',
      officer: 'M. Malli',
      caseNumber: '5560/R/1/26',
      aim: 'INVESTIGATION',
    },
    ...{ provisionId: provision!.id, receivedAt: now().subtract({ minutes: 1 }).toString() },
  })
  expect({ status, body }).toMatchObject({ status: 201 })
  const id = body['id'] as string
  const item = { contactId: call.contactId, recordingId: call.id, what: 'BOTH' }
  expect((await send('tuula', 'POST', `/api/authority-disclosures/${id}/items`, item)).status).toBe(201)
  return id
}

test('a shorter term waits until each open disclosure that it affects is released, refused or withdrawn, or has lost the item', async () => {
  // Copies that were already released or decided on do not count.
  await releasedDisclosure()
  const [first, second, request] = [await ends.makeRecording(), await ends.makeRecording(), await ends.makeRecording()]
  const study = await beginDisclosure()
  for (const { id } of [first, second]) expect((await pick(study, id)).status).toBe(201)
  const authority = await requestByAuthority(request)

  const hasty = await submit(1)
  expect(await consequences(hasty)).toEqual([
    'The change affects 1 open disclosure (2 items): the recording would be destroyed earlier, or the disclosure would no longer be allowed. Each is decided before the approval: released, refused or withdrawn, or its item removed.',
    expect.stringContaining('14 days after the approval'),
  ])
  expect(await approve(hasty)).toEqual({ refused: 'draft.notice' })
  await reject(hasty)

  const draft = await submit(15)
  expect(await approve(draft)).toEqual({ refused: 'draft.pending-disclosures' })
  // Each person sees what they decide on, and nobody else sees anything.
  expect(await pending('eero', draft)).toEqual([['RESEARCH', study, 2]])
  expect(await pending('tuula', draft)).toEqual([['AUTHORITY', authority, 1]])
  expect((await pending('riitta', draft)).length).toBe(2)
  for (const name of ['aino', 'tiina', 'dora', 'anssi'] as const) {
    expect(await send(name, 'GET', '/api/pending-disclosures')).toMatchObject({ status: 403, code: 'deny.role' })
  }
  // Removing one item of two is not a decision yet.
  expect((await act('eero', 'DELETE', study, '/items/1')).status).toBe(204)
  expect(await pending('eero', draft)).toEqual([['RESEARCH', study, 1]])
  expect(await approve(draft)).toEqual({ refused: 'draft.pending-disclosures' })
  expect((await act('eero', 'DELETE', study, '/items/2')).status).toBe(204)
  expect(await approve(draft)).toEqual({ refused: 'draft.pending-disclosures' })
  // A preservation order keeps the authority's recording regardless of the term.
  await sql`
    insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
    select c.id, c.started_at, 'both', '8:24', 'Poliisi', 'M-1', '5560/R/1/26', now() + interval '60 days', ${people.tuula.id}
    from contact c where c.id = ${request.contactId}`.execute(admin)
  expect(await pending('riitta', draft)).toEqual([])
  expect(acceptedDraft(await approve(draft)).state).toBe('APPROVED')
  expect((await act('eero', 'DELETE', study, '')).status).toBe(204)
})

test('the dry run shows its author neither an authority’s request nor an order on its recording (R34, L37)', async () => {
  const request = await ends.makeRecording()
  const draft = await submit(30)
  const switchingOff = await submit(31, [{ path: ['disclosure', 'authority'], value: false }])
  const readConsequences = async () => [await consequences(draft), await consequences(switchingOff)]
  const before = await readConsequences()
  await requestByAuthority(request)
  expect(await readConsequences()).toEqual(before)
  await sql`
    insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
    select c.id, c.started_at, 'both', '8:24', 'Poliisi', 'M-2', '5560/R/1/26', now() + interval '60 days', ${people.tuula.id}
    from contact c where c.id = ${request.contactId}`.execute(admin)
  expect(await readConsequences()).toEqual(before)
})

test('after the approval the due day of a study must be before the recordings’ new destruction date', async () => {
  const day = (days: number) => Temporal.Now.plainDateISO('Europe/Helsinki').add({ days }).toString()
  const study = await beginDisclosure({ dueOn: day(110) })
  expect((await pick(study, (await ends.makeRecording()).id)).status).toBe(201)
  const { body } = await act('eero', 'GET', study, '')
  expect((body['lacks'] as { what: string }[]).map(({ what }) => what)).toContain('due-date-late')
  const changeDueDay = (dueOn: string) => act('eero', 'PUT', study, '', { study: 'Laatu 2027', dueOn, format: 'OPUS' })
  expect(await changeDueDay(day(109))).toMatchObject({ status: 409, code: 'research.due-date-late' })
  expect((await changeDueDay(day(60))).status).toBe(204)
  expect((await act('eero', 'DELETE', study, '')).status).toBe(204)
})

test('a kind of disclosure can be switched off once no disclosure of the kind is open, and a refusal counts as a decision', async () => {
  const made = await research.preparedDisclosure()
  const draft = await submit(16, [{ path: ['disclosure', 'research'], value: false }])
  expect(await pending('riitta', draft)).toEqual([['RESEARCH', made.id, 1]])
  expect(await approve(draft)).toEqual({ refused: 'draft.pending-disclosures' })
  expect((await decide(made.id, 'REFUSED')).status).toBe(204)
  expect(await pending('riitta', draft)).toEqual([])
  expect(await approve(draft)).not.toEqual({ refused: 'draft.pending-disclosures' })
})

test('a decision at an unattended desk needs a new proof of identity', async () => {
  const { id } = await research.preparedDisclosure()
  const authority = await requestByAuthority(await ends.makeRecording())
  await research.as('riitta')
  const setProvedAt = (ago: string) =>
    sql`update session set proved_at = now() - ${ago}::interval where person_id = ${people.riitta.id}`.execute(admin)
  const refusal = { outcome: 'REFUSED', reasons: 'Ei.', seen: 'x'.repeat(32) }
  const refuse = () => send('riitta', 'POST', `/api/authority-disclosures/${authority}/decision`, refusal)
  await setProvedAt('16 minutes')
  expect(await decide(id)).toMatchObject({ status: 403, code: 'confirm.fresh' })
  expect(await refuse()).toMatchObject({ status: 403, code: 'confirm.fresh' })
  await setProvedAt('1 minute')
  expect(await decide(id)).toMatchObject({ status: 204 })
  expect(await refuse()).toMatchObject({ status: 204 })
})
