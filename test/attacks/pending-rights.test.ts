// R23, R43, R47, L29: a change of the description cannot take from a requester what they wait for without a notice and
// a decision.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { TextEdit } from '#description/edit/edit-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { approveDraft, rejectDraft } from '#safeguards/versions/decide.ts'
import type { Draft } from '#safeguards/versions/draft.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange, acceptedDraft } from '../database/drafts.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { admin, clerk, addSlot, makeInspection, book, bookAppointment, makeRecordingUntil, people, openBrowser } = desk
const deskDb = database.as('seloste_desk').db
const asta = await people.asta.signIn()
const riitta = await people.riitta.signIn()
const approver = await openBrowser(people.riitta)

const now = () => Temporal.Now.instant()
const inDays = (days: number) =>
  now()
    .add({ hours: 24 * days })
    .round({ smallestUnit: 'second', roundingMode: 'ceil' })
const shorter: TextEdit[] = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }]
const submit = (effectiveFrom: Temporal.Instant, edits = shorter) =>
  submitChange(deskDb, asta, effectiveFrom, { edits })
const approve = (draft: Draft) => approveDraft(deskDb, riitta, draft.id, { revision: draft.revision }, now())
const reject = async (draft: Draft) =>
  acceptedDraft(await rejectDraft(deskDb, riitta, draft.id, { revision: draft.revision, note: 'Ei.' }, now()))

interface Listed {
  draft: string
  request: { id: string; number: string }
  endsAt: string
  isHeardBefore: boolean
  told?: { how: string }
}
const pending = async (draft: Draft) =>
  ((await clerk.request('/api/pending-rights')).body['items'] as Listed[]).filter((right) => right.draft === draft.id)

describe('a shorter term for a recording that a requester has an appointment to listen to', () => {
  test('comes into force only after a notice and a decision, shows the decision maker counts, and shows the Service Unit request numbers', async () => {
    const recording = await makeRecordingUntil(24 * 30)
    const request = await makeInspection([recording])
    const late = await addSlot(24 * 20)
    await bookAppointment(request, late)

    // Comes into force in an hour, so without the required notice.
    const hasty = await submit(now().add({ hours: 1 }).round('second'))
    expect(await approve(hasty)).toEqual({ refused: 'draft.notice' })
    await reject(hasty)

    const draft = await submit(inDays(15))
    const dryRun = await approver.request(`/api/description/drafts/${draft.id}/dry-run`, {})
    const reported = (dryRun.body['consequences'] as { kind: string; count: number; text: { en: string } }[]).filter(
      ({ kind }) => kind === 'pending-rights',
    )
    expect(reported).toMatchObject([{ count: 1 }])
    expect(reported[0]!.text.en).toBe(
      'The change would remove a pending right from 1 open request (1 call, 1 booked appointment). The Service Unit decides on each before the approval: 1 undecided.',
    )
    expect(JSON.stringify(dryRun.body)).not.toContain(request.number)
    expect((await approver.request('/api/pending-rights')).code).toBe('deny.role')
    expect(await approve(draft)).toEqual({ refused: 'draft.pending-rights' })

    // Moves the appointment to before the new end.
    expect(await pending(draft)).toMatchObject([{ request: { number: request.number }, isHeardBefore: false }])
    const early = await addSlot(24 * 10)
    expect((await book(request, early)).status).toBe(201)
    expect(await pending(draft)).toMatchObject([{ isHeardBefore: true }])
    expect(acceptedDraft(await approve(draft)).state).toBe('APPROVED')

    // Later bookings and letters use the new end.
    expect(await book(request, late)).toMatchObject({ status: 409, code: 'appointment.late' })
    const end = Temporal.Instant.from((await pending(draft))[0]!.endsAt)
    expect(end.equals(draft.effectiveFrom!)).toBe(true)
    const { body } = await clerk.request(`/api/requests/${request.id}/letters`, { kind: 'answer' })
    const letter = await (await clerk.fetch(`/api/letters/${body['id'] as string}/html`)).text()
    const { day, month, year } = end.toZonedDateTimeISO('Europe/Helsinki')
    expect(letter).toContain(`${day}.${month}.${year}`)
  })
})

describe('a change that affects an open request', () => {
  test('is approved once the log shows that the requester was informed, and not by a decision on another draft', async () => {
    const edits: TextEdit[] = [{ path: ['switches', 'accessCopy'], value: true }]
    const switchOn = await submit(inDays(16), edits)
    expect(acceptedDraft(await approve(switchOn)).state).toBe('APPROVED')
    const request = await makeInspection([await makeRecordingUntil(24 * 100)], { kinds: ['COPY'] })
    const switchOff: TextEdit[] = [{ path: ['switches', 'accessCopy'], value: false }]
    const first = await submit(inDays(17), switchOff)
    expect(await pending(first)).toMatchObject([{ request: { number: request.number } }])
    const reported = { requestId: request.id, how: 'POST' }
    expect((await clerk.request(`/api/pending-rights/${first.id}/told`, reported)).status).toBe(204)
    await reject(first)
    const second = await submit(inDays(18), switchOff)
    expect(await approve(second)).toEqual({ refused: 'draft.pending-rights' })
    expect((await clerk.request(`/api/pending-rights/${first.id}/told`, reported)).status).toBe(404)
    expect((await clerk.request(`/api/pending-rights/${second.id}/told`, reported)).status).toBe(204)
    const { rows } = await sql`
      select reference from audit_entry where action = 'pending-right.told' and result = 'ok' and object_id = ${request.id}`.execute(
      admin,
    )
    expect(rows).toEqual([{ reference: request.number }, { reference: request.number }])
    expect(acceptedDraft(await approve(second)).state).toBe('APPROVED')
  })

  test('is found also if inspections no longer delay destructions, or the Service Unit loses its purpose (C3)', async () => {
    const recording = await makeRecordingUntil(24)
    const waiting = await makeInspection([recording])
    await desk.setDay(recording.id, inDays(-1))
    const requestsReached = async (reach: object) => {
      const whole = { terms: [], endsHolds: false, endsKinds: [], endsService: false, ...reach }
      const { rows } = await sql<{ request_id: string }>`
        select request_id from reached_requests(null, ${JSON.stringify(whole)}::jsonb, now() + interval '1 hour')`.execute(
        admin,
      )
      return rows.map(({ request_id }) => request_id)
    }
    expect(await requestsReached({})).toEqual([])
    expect(await requestsReached({ endsHolds: true })).toEqual([waiting.id])
    expect(await requestsReached({ endsService: true })).toContain(waiting.id)
    expect(await requestsReached({ endsKinds: ['LISTEN'] })).toContain(waiting.id)
    // The number of a call that is not found yet is unknown, so the notice counts for it too.
    const unsettled = await makeInspection([])
    const row = await admin
      .selectFrom('recording')
      .select('number_reached')
      .where('id', '=', recording.id)
      .executeTakeFirstOrThrow()
    const terms = [{ number: row.number_reached, months: 2, at: inDays(0).toString() }]
    const { rows } = await sql<{ request_id: string }>`
      select request_id from reached_rights(${JSON.stringify({ terms, endsKinds: [] })}::jsonb, now()) where ends_at is null`.execute(
      admin,
    )
    expect(rows).toEqual([{ request_id: unsettled.id }])
  })
})

test('a request whose appointment is after the end of its recording is urgent at once in the desk’s queue', async () => {
  const request = await makeInspection([await makeRecordingUntil(24 * 40)])
  await bookAppointment(request, await addSlot(24 * 12))
  const queue = async () =>
    (
      (await clerk.request('/api/requests?state=open&whose=all')).body['items'] as { id: string; isUrgent: boolean }[]
    ).find(({ id }) => id === request.id)
  expect(await queue()).toMatchObject({ isUrgent: false })
  const { rows } = await sql<{ id: string }>`
    select ir.recording_id as id from inspection i join inspection_recording ir on ir.inspection_id = i.id
    where i.request_id = ${request.id}`.execute(admin)
  await desk.setDay(rows[0]!.id, inDays(10))
  expect(await queue()).toMatchObject({ isUrgent: true })
})
