/**
 * Copies, corrections and decisions as they are shown. In: a session of the Service Unit or of the decision maker. Out: what
 * there is, people by name. Never here: the link or the passphrase of a copy, who asks for an official document.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface NamedPerson {
  id: string
  name: string
}

export interface ListedCopy {
  id: string
  recordingId: string
  method: 'PASSPHRASE' | 'KEY'
  madeAt: string
  madeBy: NamedPerson
  expiresAt: string
  state: 'making' | 'ready' | 'taken' | 'expired' | 'withdrawn' | 'destroyed' | 'failed'
  takenAt?: string
  downloads: { at: string; outcome: 'begun' | 'refused'; address?: string }[]
}

export interface ListedCorrection {
  id: string
  requestId: string
  requestNumber: string
  segmentId: string
  was?: { name: string; phone?: string }
  becomes: { id: string; name: string; phone?: string }
  proposedAt: string
  proposedBy: NamedPerson
  decided?: { at: string; by: NamedPerson; outcome: 'APPROVED' | 'REJECTED' }
}

export interface ListedDecision {
  at: string
  by: NamedPerson
  outcome: 'SECRET' | 'REFERRED'
  provision: string
  leadsTo?: 'RESEARCH' | 'AUTHORITY'
  takenUpAt?: string
  /** The number of the disclosure, where the viewer may know of it. */
  disclosure?: string
}

export interface RequestActs {
  copies: ListedCopy[]
  corrections: ListedCorrection[]
  openness?: ListedDecision
}

interface CorrectionRow {
  id: string
  request_id: string
  number: string
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

/** What has been done for a request under today's law; nothing for whoever does not serve requests. */
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
    const corrected = await sql<{ are: boolean }>`
      select exists (select from correction where request_id = ${requestId}::uuid) as are`.execute(tx)
    // Asked for only where there are some: it is refused to whoever does not serve requests.
    const corrections = corrected.rows[0]?.are
      ? (await sql<CorrectionRow>`select * from list_corrections(${requestId}::uuid)`.execute(tx)).rows
      : []
    return { copies, downloads, decision, corrections }
  })
  const { copies, downloads, decision, corrections } = found
  const downloadsOf = Map.groupBy(downloads, ({ copy_id }) => copy_id)
  const nameOf = await namesOf(db, [
    ...copies.map(({ made_by }) => made_by),
    ...(decision ? [decision.decided_by] : []),
    ...peopleOf(corrections),
  ])
  return {
    copies: copies.map((copy) => ({
      id: copy.id,
      recordingId: copy.recording_id,
      method: copy.method,
      madeAt: copy.made_at.toString(),
      madeBy: nameOf(copy.made_by),
      expiresAt: copy.expires_at.toString(),
      state: copy.end_why ?? (copy.is_over ? 'expired' : copy.ready_at ? 'ready' : 'making'),
      ...(copy.end_why === 'taken' && copy.ended_at && { takenAt: copy.ended_at.toString() }),
      downloads: (downloadsOf.get(copy.id) ?? []).map(({ at, outcome, address }) => ({
        at: at.toString(),
        outcome,
        ...(address !== null && { address }),
      })),
    })),
    corrections: corrections.map((row) => viewCorrection(row, nameOf)),
    ...(decision && {
      openness: {
        at: decision.decided_at.toString(),
        by: nameOf(decision.decided_by),
        outcome: decision.outcome,
        provision: decision.provision,
        ...leadOf(decision),
      },
    }),
  }
}

export interface OpennessAsked {
  requestId: string
  number: string
  receivedAt: string
  dueAt: string
  decision?: ListedDecision
}

interface OpennessRow {
  request_id: string
  number: string
  received_at: Temporal.Instant
  due_at: Temporal.Instant
  outcome: 'SECRET' | 'REFERRED' | null
  provision: string | null
  decided_at: Temporal.Instant | null
  decided_by: string | null
  leads_to: 'RESEARCH' | 'AUTHORITY' | null
  disclosure: string | null
  taken_up_at: Temporal.Instant | null
}

/** What waits for the decision maker, and what was decided within thirty days. */
export async function listRequestDecisions(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<{ corrections: ListedCorrection[]; openness: OpennessAsked[] } | Refused<'deny.role'>> {
  const refusals = ['deny.role'] as const
  const trace = { action: 'requests.read', object: { kind: 'request' } } as const
  const corrections = await askOfDatabase(
    db,
    session,
    sql<CorrectionRow>`select * from list_corrections(null)`,
    refusals,
    trace,
  )
  if ('refused' in corrections) return corrections
  const openness = await askOfDatabase(db, session, sql<OpennessRow>`select * from list_openness()`, refusals, trace)
  if ('refused' in openness) return openness
  const nameOf = await namesOf(db, [
    ...peopleOf(corrections.rows),
    ...openness.rows.flatMap(({ decided_by }) => (decided_by ? [decided_by] : [])),
  ])
  return {
    corrections: corrections.rows.map((row) => viewCorrection(row, nameOf)),
    openness: openness.rows.map(({ outcome, provision, decided_at, decided_by, ...row }) => ({
      requestId: row.request_id,
      number: row.number,
      receivedAt: row.received_at.toString(),
      dueAt: row.due_at.toString(),
      ...(outcome &&
        provision !== null &&
        decided_at &&
        decided_by && {
          decision: {
            at: decided_at.toString(),
            by: nameOf(decided_by),
            outcome,
            provision,
            ...leadOf(row),
            ...(row.disclosure !== null && { disclosure: row.disclosure }),
          },
        }),
    })),
  }
}

/** Where a referral leads, and since when it has been taken up. */
function leadOf({
  leads_to,
  taken_up_at,
}: Pick<OpennessRow, 'leads_to' | 'taken_up_at'>): Pick<ListedDecision, 'leadsTo' | 'takenUpAt'> {
  return { ...(leads_to && { leadsTo: leads_to }), ...(taken_up_at && { takenUpAt: taken_up_at.toString() }) }
}

type NameOf = (id: string) => NamedPerson

async function namesOf(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<NameOf> {
  const names = await currentNames(db, [...new Set(ids)])
  return (id) => ({ id, name: names.get(id) ?? id })
}

function peopleOf(rows: readonly CorrectionRow[]): string[] {
  return rows.flatMap(({ proposed_by, decided_by }) => [proposed_by, ...(decided_by ? [decided_by] : [])])
}

function viewCorrection(row: CorrectionRow, nameOf: NameOf): ListedCorrection {
  const { was_name, was_phone, becomes_phone, outcome, decided_at, decided_by } = row
  return {
    id: row.id,
    requestId: row.request_id,
    requestNumber: row.number,
    segmentId: row.segment_id,
    ...(was_name !== null && { was: { name: was_name, ...(was_phone !== null && { phone: was_phone }) } }),
    becomes: {
      id: row.becomes_id,
      name: row.becomes_name,
      ...(becomes_phone !== null && { phone: becomes_phone }),
    },
    proposedAt: row.proposed_at.toString(),
    proposedBy: nameOf(row.proposed_by),
    ...(outcome &&
      decided_at &&
      decided_by && { decided: { at: decided_at.toString(), by: nameOf(decided_by), outcome } }),
  }
}
