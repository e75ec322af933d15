import { sql, type Kysely, type Transaction } from 'kysely'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import { isDestroyedEarly, shownEndDay } from '#register/recordings/view-recording.ts'
import { registerTime } from '#register/register-time.ts'
import type { DestructionCause, RecordingState, RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { newestHead } from '#safeguards/ledger/ledger-copy.ts'
import type { LedgerTargets } from './list-ledger.ts'

type Names = { fi: string; sv: string; en: string }

export interface Destruction {
  state: 'held' | 'destroying' | 'destroyed'
  cause?: DestructionCause
  destroyedAt?: Temporal.Instant
  entry?: DestructionEntry
  /** Set while a prohibition is carried out. */
  certificate?: AwaitedCertificate
}

/** A certificate that is not made yet. */
export interface AwaitedCertificate {
  /** `waiting`: the destruction waits for another person's case that was open before. */
  state: 'waiting' | 'destroying'
  /** Undefined while the destruction waits, or if it is late. */
  expectedAt?: Temporal.Instant
}

export interface DestructionEntry {
  number: number
  at: Temporal.Instant
  cause: string
  doneBy: string
  targets: LedgerTargets
  /** Leaf hash in the ledger. */
  hash: Buffer
}

export interface Certified {
  recordingId: string
  entry: DestructionEntry
  /** The signed head that covers the entry, with its cosignatures. */
  head: string
  /** The call, while the history has it. */
  call: { startedAt: Temporal.Instant; number: string | null; numberName: Names | null }
}

/**
 * Returns how and when a recording of a visible call ended. For an end by its term, only the day is returned. A
 * recording that a preservation order keeps past its term is shown as destroyed at its term (L37).
 */
export function readDestruction(
  db: Kysely<RegisterTables>,
  grant: Grant,
  id: string,
): Promise<Destruction | 'not-found'> {
  return viewUnderGrant(db, grant, async (tx) => {
    const found = await findVisible(tx, id)
    const object = { kind: 'recording' as const, id }
    if (!found) {
      return {
        found: 'not-found' as const,
        trace: { action: 'retention.read' as const, result: 'refused:not-found' as const, object },
      }
    }
    const end = await describeEnd(tx, found, await registerTime(tx))
    const certificate = end.entry ? undefined : await awaitedCertificate(tx, id)
    return {
      found: { ...end, ...(certificate && { certificate }) },
      trace: { action: 'retention.read' as const, result: 'ok' as const, object },
    }
  })
}

async function describeEnd(
  tx: Transaction<RegisterTables>,
  found: VisibleRecording,
  now: Temporal.Instant,
): Promise<Destruction> {
  const { state, cause, destroyed_at: at, destroy_at: day } = found
  const entry = state === 'DESTROYED' ? await entryOf(tx, found.id) : undefined
  if (isDestroyedEarly(found)) {
    const causeField = cause && { cause }
    if (state === 'DESTROYING') return { state: 'destroying', ...causeField }
    return { state: 'destroyed', ...causeField, ...(at && { destroyedAt: at }), ...(entry && { entry }) }
  }
  const endDay = shownEndDay(found, now)
  if (endDay) return { state: 'destroyed', cause: 'retention', destroyedAt: endDay, ...(entry && { entry }) }
  const isPast = day !== null && Temporal.Instant.compare(day, now) <= 0
  const isOver = state === 'DESTROYING' || state === 'DESTROYED' || isPast
  return isOver ? { state: 'destroying', cause: 'retention' } : { state: 'held' }
}

/**
 * Returns the content of a certificate for a forbidden or trimmed recording, or when to expect it. The view is logged
 * first.
 */
export function readForCertificate(
  db: Kysely<RegisterTables>,
  grant: Grant,
  id: string,
  language: string,
): Promise<Certified | { awaited: AwaitedCertificate } | 'not-found'> {
  return viewUnderGrant(db, grant, async (tx) => {
    const found = await findVisible(tx, id)
    const object = { kind: 'recording' as const, id }
    const entry =
      found?.state === 'DESTROYED' &&
      found.cause !== 'retention' &&
      found.cause !== 'hold-end' &&
      (await entryOf(tx, id))
    const head = entry && (await newestHead(tx))
    const awaited = found && (!entry || !head || head.size < entry.number) && (await awaitedCertificate(tx, id))
    if (awaited) {
      return {
        found: { awaited },
        trace: { action: 'certificate.made' as const, result: 'refused:not-yet' as const, object },
      }
    }
    if (!found || !entry || !head || head.size < entry.number) {
      return {
        found: 'not-found' as const,
        trace: { action: 'certificate.made' as const, result: 'refused:not-found' as const, object },
      }
    }
    return {
      found: {
        recordingId: id,
        entry,
        head: head.note,
        call: { startedAt: found.call_started_at, number: found.number_called, numberName: found.number_name },
      },
      trace: {
        action: 'certificate.made' as const,
        result: 'ok' as const,
        object,
        detail: { entry: entry.number, language },
      },
    }
  })
}

interface VisibleRecording {
  id: string
  state: RecordingState
  cause: DestructionCause | null
  destroyed_at: Temporal.Instant | null
  destroy_at: Temporal.Instant | null
  reported_destroyed_at: Temporal.Instant | null
  call_started_at: Temporal.Instant
  number_called: string | null
  number_name: Names | null
}

/** Returns a recording with its call, if row-level security shows it to the viewer. */
async function findVisible(tx: Transaction<RegisterTables>, id: string): Promise<VisibleRecording | undefined> {
  return tx
    .selectFrom('recording')
    .innerJoin('contact', (join) =>
      join
        .onRef('contact.id', '=', 'recording.contact_id')
        .onRef('contact.started_at', '=', 'recording.contact_started_at'),
    )
    .select([
      'recording.id',
      'recording.state',
      'recording.cause',
      'recording.destroyed_at',
      'recording.destroy_at',
      'recording.reported_destroyed_at',
      'contact.started_at as call_started_at',
      'contact.number_called',
      'contact.number_name',
    ])
    .where('recording.id', '=', id)
    .executeTakeFirst()
}

async function awaitedCertificate(
  tx: Transaction<RegisterTables>,
  id: string,
): Promise<AwaitedCertificate | undefined> {
  const { rows } = await sql<{ state: AwaitedCertificate['state']; expected_at: Temporal.Instant | null }>`
    select state, expected_at from expected_certificate(${id}::uuid)`.execute(tx)
  const [found] = rows
  return found && { state: found.state, ...(found.expected_at && { expectedAt: found.expected_at }) }
}

async function entryOf(tx: Transaction<RegisterTables>, id: string): Promise<DestructionEntry | undefined> {
  const { rows } = await sql<DestructionEntry>`
    select number, at, cause, done_by as "doneBy", targets, hash from ledger_entry_of(${id}::uuid)`.execute(tx)
  return rows[0]
}
