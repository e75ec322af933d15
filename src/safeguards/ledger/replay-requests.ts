/**
 * Restores requests and cases to their state when the machine was lost (L9, R44, R47), in the ledger's order: corrections of
 * officials, open requests that restrict or ask to listen, closed ones. What cannot be restored is listed. The ledger has no
 * requesters' names and no authorities' texts. Idempotent.
 */
import { sql } from 'kysely'
import type { CopiedEntry } from './read-ledger-copy.ts'
import { count, ensurePerson } from './replay-step.ts'
import type { Tx } from '../tables.ts'

export interface ReplayedRequests {
  /** Segments reassigned to an official by a correction. */
  corrections: number
  /** Calls whose recordings a request restricts again. */
  restrictions: number
  /** Reopened inspections and authorities' requests for recordings: prohibitions wait for them. */
  cases: number
  /** Requests whose personal data were erased again. */
  requests: number
  /** Numbers of requests entered after the backup that were open and are lost. */
  lostRequests: string[]
  /** Appointments booked after the backup that are lost: request, instant, office. */
  lostAppointments: string[]
}

/** Rows to update once the triggers are enabled again. */
interface Touched {
  contacts: string[]
  recordings: string[]
}

/** Tables whose triggers would append existing entries again. */
export const requestTables = [
  'subject_request',
  'request_call',
  'inspection',
  'inspection_recording',
  'authority_request',
  'appointment',
] as const

/** Placeholder for the request's texts. */
const restored = 'RESTORED: see the request'

type Entry = CopiedEntry['entry'] & { id: string; detail: Detail }

/** Details of entries made by the database (database/functions/destruction/ledger.sql), of all kinds. */
interface Detail {
  /** A request's number, and a call matched to the requester. */
  number: string
  contact: string
  party: string
  kinds: string[]
  channel: string
  language: string
  receivedAt: string
  dueAt: string
  enteredBy: string
  /**
   * The person, for an official's request. Entries from before database/migrations/0208-ledger-content.sql have their segment
   * of the call.
   */
  requester?: string
  segment?: string
  /** The request of an inspection or a correction. */
  request?: string
  openedBy: string
  /** Set if the inspection is for a copy. */
  kind?: 'COPY'
  /** The disclosure of an authority's request, unless known before. */
  disclosure?: string
  recording: string
  origin: string
  aim: string
  provision?: string
  item: number
  what: string
  /** The new official of a correction. */
  startedAt: string
  official: string
  unit?: string
  proposedBy: string
  /** Decision maker; entries from before database/migrations/0208-ledger-content.sql have that person in `done_by`. */
  decidedBy?: string
  closedAt: string
  outcome?: string
  /** Start of an appointment. */
  startsAt: string
  office: string
}

export async function replayRequests(
  tx: Tx,
  entries: readonly CopiedEntry[],
): Promise<ReplayedRequests & { touched: Touched }> {
  const ours = entries.map(({ entry }) => entry).filter((entry): entry is Entry => entry.id !== null)
  const last = new Map(ours.map((entry) => [subjectOf(entry), entry.cause]))
  const isSuperseded = (entry: Entry) => last.get(subjectOf(entry)) !== 'entered'
  const touched: Touched = { contacts: [], recordings: [] }
  const cases = new Set<string>()
  const done = { corrections: 0, restrictions: 0, requests: 0 }
  for (const entry of ours) {
    const { id, kind, cause, detail } = entry
    if (kind === 'correction') done.corrections += await replayCorrection(tx, entry)
    else if (kind === 'restriction' && !isSuperseded(entry)) {
      if (!(await ensureRequest(tx, id, entry))) continue
      // Also if its call was known already: kinds may have been added.
      touched.contacts.push(detail.contact)
      done.restrictions += 1
    } else if (kind === 'case' && cause === 'closed') touched.recordings.push(...(await closeCase(tx, entry)))
    else if (kind === 'case' && !isSuperseded(entry) && (await openCase(tx, entry))) {
      cases.add(id)
      touched.recordings.push(detail.recording)
    } else if (kind === 'open-request' && cause === 'closed') touched.contacts.push(...(await closeRequest(tx, entry)))
    else if (kind === 'open-request' && cause === 'forbids') await ensureRequest(tx, id, entry, { isVerified: true })
    else if (kind === 'open-request' && cause === 'unidentified') await endIdentification(tx, entry)
    else if (kind === 'appointment' && cause === 'ended') await endAppointment(tx, entry)
    else if (kind === 'request') done.requests += await eraseRequest(tx, entry)
  }
  return {
    ...done,
    cases: cases.size,
    lostRequests: await findLostRequests(tx, ours),
    lostAppointments: await lostAppointments(tx, ours),
    touched,
  }
}

/** Returns the subject shared by opening and closing entries: a request's call, a case. */
function subjectOf({ kind, id, detail }: Entry): string {
  return `${kind} ${id} ${kind === 'restriction' ? detail.contact : ''}`
}

/**
 * Restores a request with a matched call. The call must be verified again, because the ledger does not have the person for
 * whom it was verified; not of a request that was answered since. A request missing in the backup is opened without its
 * requester: the Service Unit enters and identifies them again. A closed one stays closed. A call missing in the backup may be
 * reported again, under the same id.
 * @returns true if it is open
 */
async function ensureRequest(
  tx: Tx,
  request: string,
  { at, detail }: Entry,
  { isVerified = false }: { isVerified?: boolean } = {},
): Promise<boolean> {
  const { contact, startedAt, number, party, segment, kinds, channel, language, receivedAt, dueAt, enteredBy } = detail
  const call = sql`(select c.id, c.started_at from contact c where c.id = ${contact ?? null}::uuid
    union all select ${contact ?? null}::uuid, ${startedAt ?? null}::timestamptz
    where ${startedAt !== undefined} and not exists (select from contact c where c.id = ${contact ?? null}::uuid)) c`
  const { rows } = await sql<{ answeredBy: string | null }>`
    select (select s.official_person_id from segment s where s.contact_id = c.id and s.id = ${segment ?? null}::uuid) as "answeredBy"
    from ${call}`.execute(tx)
  const official = party === 'OFFICIAL' ? (detail.requester ?? rows[0]?.answeredBy) : undefined
  if (!rows[0] || enteredBy === undefined || (party === 'OFFICIAL' && !official)) return false
  for (const person of [enteredBy, official]) if (person) await ensurePerson(tx, person, at)
  const { rows: open } = await sql`
    insert into subject_request as q (id, number, party, kinds, channel, language, received_at, due_at, entered_by, official_id)
    values (${request}::uuid, ${number}, ${party}, ${kinds}::text[], ${channel}, ${language}, ${receivedAt}::timestamptz,
      ${dueAt}::timestamptz, ${enteredBy}::uuid, ${official ?? null}::uuid)
    on conflict (id) do update set kinds = array(select distinct k from unnest(q.kinds || excluded.kinds) k) where q.closed_at is null
    returning id`.execute(tx)
  if (open.length === 0) return false
  await sql`
    insert into subject_requester (request_id, name) values (${request}::uuid, ${restored})
    on conflict do nothing`.execute(tx)
  await sql`
      insert into request_call as k (request_id, ordinal, state, told, contact_id, contact_started_at, looked_by, verified_how, verified_at, verified_by,
        verify_again_since)
      select ${request}::uuid, (select coalesce(max(o.ordinal), 0) + 1 from request_call o where o.request_id = ${request}::uuid), 'MATCHED',
        jsonb_build_object('day', to_char(c.started_at at time zone 'Europe/Helsinki', 'YYYY-MM-DD'),
          'time', to_char(c.started_at at time zone 'Europe/Helsinki', 'HH24:MI'), 'accuracy', 'MINUTES'),
        c.id, c.started_at, ${enteredBy}::uuid, 'DETAILS', ${at}::timestamptz, ${enteredBy}::uuid,
        case when not ${isVerified} then ${at}::timestamptz end
      from ${call}
      on conflict (request_id, contact_id) where contact_id is not null do update set state = 'MATCHED',
        verified_how = excluded.verified_how, verified_at = excluded.verified_at, verified_by = excluded.verified_by,
        verify_again_since = excluded.verify_again_since
      where k.state <> 'MATCHED' or ${isVerified} and k.verify_again_since is not null`.execute(tx)
  return true
}

/** @returns calls whose recordings it may no longer restrict */
async function closeRequest(tx: Tx, { id, detail: { closedAt, outcome } }: Entry): Promise<string[]> {
  const { rows } = await sql<{ contact: string }>`
    with closed as (
      update subject_request set closed_at = ${closedAt}::timestamptz, outcome = ${outcome ?? null}
      where id = ${id}::uuid and closed_at is null returning id
    )
    select distinct c.contact_id as contact from request_call c join closed on closed.id = c.request_id
    where c.contact_id is not null`.execute(tx)
  return rows.map(({ contact }) => contact)
}

/**
 * Ends an identification that ended after the backup because the requester has another name: that name is not in the ledger, so
 * that the Service Unit enters it again, identifies the requester and verifies the calls.
 */
async function endIdentification(tx: Tx, { id, at }: Entry): Promise<void> {
  const { rows } = await sql`
    update subject_request set identified_how = null, identified_at = null, identified_by = null
    where id = ${id}::uuid and closed_at is null and identified_at is not null returning id`.execute(tx)
  if (rows.length === 0) return
  await sql`
    update subject_requester set name = ${restored}, address = null, email = null, phone = null
    where request_id = ${id}::uuid`.execute(tx)
  await sql`
    update request_call set verify_again_since = ${at}::timestamptz
    where request_id = ${id}::uuid and state = 'MATCHED' and verify_again_since is null`.execute(tx)
}

/**
 * Erases a request that was closed and erased after the backup. If it is open here it was closed meanwhile, so that nobody
 * handles a request of which nothing is left.
 */
async function eraseRequest(tx: Tx, { id, at, detail: { closedAt, outcome } }: Entry): Promise<number> {
  const erased = await count(
    tx,
    sql`update subject_request set erased_at = ${at}::timestamptz, closed_at = coalesce(closed_at, ${closedAt}::timestamptz),
      outcome = coalesce(outcome, ${outcome ?? null}) where id = ${id}::uuid and erased_at is null`,
  )
  if (erased > 0) await sql`select erase_requester(${id}::uuid)`.execute(tx)
  return erased
}

/**
 * Replays a correction: otherwise the former official would see and hear the call again. The former official stays known by the
 * request, so their restriction stays in force (`was_answered_by`).
 */
async function replayCorrection(tx: Tx, entry: Entry): Promise<number> {
  const { id, at, done_by: doneBy, detail } = entry
  const { contact, segment, startedAt, official, unit = null, request, proposedBy, decidedBy = doneBy } = detail
  if (segment === undefined) return 0
  await ensurePerson(tx, official, at)
  if (request !== undefined) {
    await ensureRequest(tx, request, entry)
    for (const person of [proposedBy, decidedBy]) await ensurePerson(tx, person, at)
    await sql`
      insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
        becomes_unit_id, proposed_at, proposed_by, decided_at, decided_by, outcome)
      select ${id}::uuid, q.id, s.id, s.contact_id, s.contact_started_at, s.official_person_id, s.official_unit_id, ${official}::uuid,
        ${unit}::uuid, ${at}::timestamptz, ${proposedBy}::uuid, ${at}::timestamptz, ${decidedBy}::uuid, 'APPROVED'
      from segment s, subject_request q
      where q.id = ${request}::uuid and s.id = ${segment}::uuid and s.contact_started_at = ${startedAt}::timestamptz
        and s.official_person_id is distinct from ${official}::uuid
      union all
      -- The backup lacks the part: take_restored_correction() corrects it if it is reported again.
      select ${id}::uuid, q.id, ${segment}::uuid, ${contact}::uuid, ${startedAt}::timestamptz, null, null, ${official}::uuid, ${unit}::uuid,
        ${at}::timestamptz, ${proposedBy}::uuid, ${at}::timestamptz, ${decidedBy}::uuid, 'APPROVED'
      from subject_request q
      where q.id = ${request}::uuid and not exists (
        select from segment s where s.id = ${segment}::uuid and s.contact_started_at = ${startedAt}::timestamptz)
      on conflict (id) do update set decided_at = excluded.decided_at, decided_by = excluded.decided_by, outcome = excluded.outcome`.execute(
      tx,
    )
  }
  const { rows } = await sql`
    select from segment s
    where s.id = ${segment}::uuid and s.contact_started_at = ${startedAt}::timestamptz
      and correct_official(s.id, s.contact_started_at, ${official}::uuid, ${unit}::uuid,
        coalesce(name_at(${official}::uuid, s.answered_at), 'RESTORED: see the correction'))`.execute(tx)
  return rows.length
}

/** Reopens the inspection or disclosure that a prohibition waits for: otherwise the recording would be destroyed first. */
async function openCase(tx: Tx, entry: Entry): Promise<boolean> {
  const { recording, request } = entry.detail
  const { rows } = await sql`select from recording where id = ${recording}::uuid and state <> 'DESTROYED'`.execute(tx)
  if (rows.length === 0) return false
  if (request === undefined) return replayAuthorityRequest(tx, entry)
  return (await ensureRequest(tx, request, entry)) && (await reopenInspection(tx, entry))
}

/** @returns recordings whose prohibitions waited for the case */
async function closeCase(tx: Tx, { id, detail: { closedAt, outcome } }: Entry): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with inspections as (
      update inspection set closed_at = ${closedAt}::timestamptz, outcome = ${outcome ?? null} where id = ${id}::uuid and closed_at is null returning id
    ), authority_requests as (
      update authority_request set closed_at = ${closedAt}::timestamptz where id = ${id}::uuid and closed_at is null returning recording_id as id
    )
    select r.recording_id as id from inspections h join inspection_recording r on r.inspection_id = h.id
    union select id from authority_requests`.execute(tx)
  return rows.map((row) => row.id)
}

async function reopenInspection(tx: Tx, { id, at, detail }: Entry): Promise<boolean> {
  const { number, party, contact, recording, receivedAt, openedBy, request, kind = 'LISTEN' } = detail
  await ensurePerson(tx, openedBy, at)
  await sql`
    insert into inspection (id, kind, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by, request_id)
    select ${id}::uuid, ${kind}, ${number}, ${party}, c.id, c.started_at, ${receivedAt}::timestamptz, ${at}::timestamptz, ${openedBy}::uuid,
      ${request}::uuid
    from contact c where c.id = ${contact}::uuid on conflict do nothing`.execute(tx)
  const entered = await count(
    tx,
    sql`insert into inspection_recording (inspection_id, recording_id) values (${id}::uuid, ${recording}::uuid) on conflict do nothing`,
  )
  return entered > 0
}

/** Reopens a disclosure missing in the backup, in preparation, with the requested recordings and without its texts. */
async function replayAuthorityRequest(tx: Tx, { id, at, detail }: Entry): Promise<boolean> {
  const { recording, receivedAt, disclosure, number, origin, aim, provision, enteredBy, item, what } = detail
  if (disclosure !== undefined) {
    await ensurePerson(tx, enteredBy, at)
    await sql`
      insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by)
      values (${disclosure}::uuid, ${number}, ${origin}, ${restored}, ${restored}, ${restored}, ${aim}, ${provision ?? null},
        ${receivedAt}::timestamptz, ${enteredBy}::uuid) on conflict do nothing`.execute(tx)
    await sql`
      insert into authority_item (disclosure_id, item, contact_id, contact_started_at, recording_id, what, added_by)
      select d.id, ${item}, r.contact_id, r.contact_started_at, r.id, ${what}, ${enteredBy}::uuid
      from recording r, authority_disclosure d where r.id = ${recording}::uuid and d.id = ${disclosure}::uuid
      on conflict do nothing`.execute(tx)
  }
  const entered = await count(
    tx,
    sql`insert into authority_request (id, recording_id, received_at, disclosure_id)
      values (${id}::uuid, ${recording}::uuid, ${receivedAt}::timestamptz, ${disclosure ?? null}::uuid)
      on conflict (id) do update set received_at = excluded.received_at where authority_request.closed_at is null`,
  )
  return entered > 0
}

async function findLostRequests(tx: Tx, entries: readonly Entry[]): Promise<string[]> {
  const open = new Map<string, string>()
  for (const { id, cause, detail } of entries.filter((entry) => entry.kind === 'open-request')) {
    if (cause === 'closed') open.delete(id)
    else open.set(id, detail.number)
  }
  const { rows } = await sql<{ id: string }>`
    select t.id from unnest(${[...open.keys()]}::uuid[]) as t (id) where not exists (select from subject_request q where q.id = t.id)
      and not exists (select from authority_disclosure d where d.id = t.id)`.execute(tx)
  return rows.flatMap(({ id }) => open.get(id) ?? []).sort()
}

/** Ends an appointment that was moved or held after the backup, which frees its slot. */
async function endAppointment(tx: Tx, { id, detail: { outcome, closedAt } }: Entry): Promise<void> {
  await sql`
    update appointment set state = ${outcome ?? null}, ended_at = ${closedAt}::timestamptz
    where id = ${id}::uuid and state = 'BOOKED'`.execute(tx)
}

async function lostAppointments(tx: Tx, entries: readonly Entry[]): Promise<string[]> {
  const booked = new Map<string, string>()
  for (const { id, cause, detail } of entries.filter((entry) => entry.kind === 'appointment')) {
    if (cause === 'ended') booked.delete(id)
    else booked.set(id, `${detail.number} ${detail.startsAt.slice(0, 16)}Z ${detail.office}`)
  }
  const { rows } = await sql<{ id: string }>`
    select t.id from unnest(${[...booked.keys()]}::uuid[]) as t (id)
    where not exists (select from appointment a where a.id = t.id)`.execute(tx)
  return rows.flatMap(({ id }) => booked.get(id) ?? []).sort()
}
