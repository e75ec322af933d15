/**
 * Lists copies, corrections and decisions for the Service Unit or the decision maker, people by name. Never returns the link or
 * passphrase of a copy, or who requested an official document.
 */
import { sql, type Kysely, type NotNull } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { databaseRows, type Refused } from '#safeguards/access/database-request.ts'
import { namePeople, type NamedPerson, type PersonOf } from '#safeguards/people/name-people.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface ListedCopy {
  id: string
  recordingId: string
  method: 'PASSPHRASE' | 'KEY'
  madeAt: Temporal.Instant
  madeBy: NamedPerson
  expiresAt: Temporal.Instant
  state: 'making' | 'ready' | 'taken' | 'expired' | 'withdrawn' | 'destroyed' | 'failed'
  takenAt: Temporal.Instant | null
  downloads: { at: Temporal.Instant; outcome: 'begun' | 'refused'; address: string | null }[]
}

export interface ListedCorrection {
  id: string
  requestId: string
  requestNumber: string
  requestDueAt: Temporal.Instant
  segmentId: string
  was: { name: string; phone: string | null } | null
  becomes: { id: string; name: string; phone: string | null }
  proposedAt: Temporal.Instant
  proposedBy: NamedPerson
  decided: { at: Temporal.Instant; by: NamedPerson; outcome: 'APPROVED' | 'REJECTED' } | null
}

export interface ListedDecision {
  at: Temporal.Instant
  by: NamedPerson
  outcome: 'SECRET' | 'REFERRED'
  provision: string
  leadsTo: 'RESEARCH' | 'AUTHORITY' | null
  takenUpAt: Temporal.Instant | null
  /** Number of the disclosure, if the viewer may know of it. */
  disclosure?: string | null
}

export interface RequestActs {
  copies: ListedCopy[]
  corrections: ListedCorrection[]
  openness: ListedDecision | undefined
}

interface CorrectionRow {
  id: string
  request_id: string
  number: string
  due_at: Temporal.Instant
  segment_id: string
  was_name: string | null
  was_phone: string | null
  becomes_id: string
  becomes_name: string
  becomes_phone: string | null
  proposed_at: Temporal.Instant
  proposed_by: string
  decided_at: Temporal.Instant | null
  decided_by: string | null
  outcome: 'APPROVED' | 'REJECTED' | null
}

/** Returns the copies, corrections and decision of a request; nothing to people who do not serve requests. */
export async function listActsOf(
  db: Kysely<RegisterTables>,
  session: Session,
  requestId: string,
): Promise<RequestActs> {
  const found = await inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const copies = await tx
      .selectFrom('subject_copy')
      .select(['id', 'recording_id', 'method', 'made_at', 'made_by', 'expires_at', 'ended_at', 'end_why', 'ready_at'])
      .select(sql<boolean>`expires_at <= now()`.as('is_over'))
      .where('request_id', '=', requestId)
      .where('recording_id', 'is not', null)
      .$narrowType<{ recording_id: NotNull }>()
      .orderBy('made_at', 'desc')
      .execute()
    const downloads = await tx
      .selectFrom('download')
      .innerJoin('subject_copy', 'subject_copy.id', 'download.copy_id')
      .select(['download.copy_id', 'download.at', 'download.outcome', 'download.address'])
      .where('subject_copy.request_id', '=', requestId)
      .orderBy('download.at')
      .orderBy('download.id')
      .execute()
    const decision = await tx
      .selectFrom('openness_decision')
      .select(['outcome', 'provision', 'decided_at', 'decided_by', 'leads_to'])
      .select(
        sql<Temporal.Instant | null>`(
        select l.taken_up_at from openness_lead l where l.request_id = openness_decision.request_id)`.as('taken_up_at'),
      )
      .where('request_id', '=', requestId)
      .executeTakeFirst()
    const corrected = await sql<{ isAny: boolean }>`
      select exists (select from correction where request_id = ${requestId}::uuid) as "isAny"`.execute(tx)
    // Corrections are queried only if there are any: the function refuses people who do not serve requests.
    const corrections = corrected.rows[0]?.isAny
      ? (await sql<CorrectionRow>`select * from list_corrections(${requestId}::uuid)`.execute(tx)).rows
      : []
    return { copies, downloads, decision, corrections }
  })
  const { copies, downloads, decision, corrections } = found
  const downloadsOf = Map.groupBy(downloads, ({ copy_id }) => copy_id)
  const person = await namePeople(db, [
    ...copies.map(({ made_by }) => made_by),
    decision?.decided_by,
    ...corrections.flatMap(peopleOf),
  ])
  return {
    copies: copies.map((copy) => ({
      id: copy.id,
      recordingId: copy.recording_id,
      method: copy.method,
      madeAt: copy.made_at,
      madeBy: person(copy.made_by),
      expiresAt: copy.expires_at,
      state: copy.end_why ?? (copy.is_over ? 'expired' : copy.ready_at ? 'ready' : 'making'),
      takenAt: copy.end_why === 'taken' ? copy.ended_at : null,
      downloads: downloadsOf.get(copy.id) ?? [],
    })),
    corrections: corrections.map((row) => viewCorrection(row, person)),
    openness: decision && {
      at: decision.decided_at,
      by: person(decision.decided_by),
      outcome: decision.outcome,
      provision: decision.provision,
      leadsTo: decision.leads_to,
      takenUpAt: decision.taken_up_at,
    },
  }
}

export interface OpennessRequest {
  requestId: string
  number: string
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  decision: ListedDecision | null
}

type OpennessRow = Omit<OpennessRequest, 'decision'> &
  Pick<ListedDecision, 'leadsTo' | 'takenUpAt' | 'disclosure'> & {
    at: Temporal.Instant | null
    by: string | null
    outcome: ListedDecision['outcome'] | null
    provision: string | null
  }

/** Returns decisions that wait for the decision maker, and those of the last thirty days. */
export async function listRequestDecisions(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<{ corrections: ListedCorrection[]; openness: OpennessRequest[] } | Refused<'deny.role'>> {
  const corrections = await readCorrections(db, session)
  if ('refused' in corrections) return corrections
  const openness = await readOpenness(db, session)
  if ('refused' in openness) return openness
  const person = await namePeople(db, [...corrections.flatMap(peopleOf), ...openness.map(({ by }) => by)])
  return {
    corrections: corrections.map((row) => viewCorrection(row, person)),
    openness: openness.map(({ requestId, number, receivedAt, dueAt, at, by, outcome, provision, ...led }) => ({
      ...{ requestId, number, receivedAt, dueAt },
      decision: at && by && outcome && provision !== null ? { at, by: person(by), outcome, provision, ...led } : null,
    })),
  }
}

const readCorrections = databaseRows(() => ({
  statement: sql<CorrectionRow>`select * from list_corrections(null)`,
  refusals: ['deny.role'],
  action: 'requests.read',
  object: { kind: 'request' },
}))

const readOpenness = databaseRows(() => ({
  statement: sql<OpennessRow>`
    select request_id as "requestId", number, received_at as "receivedAt", due_at as "dueAt", decided_at as at,
      decided_by as by, outcome, provision, leads_to as "leadsTo", taken_up_at as "takenUpAt", disclosure
    from list_openness()`,
  refusals: ['deny.role'],
  action: 'requests.read',
  object: { kind: 'request' },
}))

function peopleOf({ proposed_by, decided_by }: CorrectionRow) {
  return [proposed_by, decided_by]
}

function viewCorrection(row: CorrectionRow, person: PersonOf): ListedCorrection {
  const { outcome, decided_at, decided_by } = row
  return {
    id: row.id,
    requestId: row.request_id,
    requestNumber: row.number,
    requestDueAt: row.due_at,
    segmentId: row.segment_id,
    was: row.was_name === null ? null : { name: row.was_name, phone: row.was_phone },
    becomes: { id: row.becomes_id, name: row.becomes_name, phone: row.becomes_phone },
    proposedAt: row.proposed_at,
    proposedBy: person(row.proposed_by),
    decided: outcome && decided_at && decided_by ? { at: decided_at, by: person(decided_by), outcome } : null,
  }
}
