/**
 * Lists the audit log (R21) for a data protection officer: newest first, with present names. Each view has its own entry,
 * written by the database in the same transaction (database/functions/audit/read.sql).
 */
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { selectValue } from '#platform/database/select-value.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { returnRefusal } from '../access/database-request.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { containing } from '../people/written-values.ts'
import { currentNames } from '../people/name-people.ts'

export interface LogSearch {
  /** A person's id, user id, or part of their name. */
  person?: string | undefined
  role?: Role | undefined
  action?: string | undefined
  result?: 'ok' | 'refused' | 'failed' | undefined
  purpose?: Purpose | undefined
  objectId?: string | undefined
  reference?: string | undefined
  from?: Temporal.Instant | undefined
  to?: Temporal.Instant | undefined
  cursor?: string | undefined
  /** Entries to skip, counted from the cursor. */
  skip: number
  limit: number
}

export interface LogEntry {
  seq: number
  at: Temporal.Instant
  personId: string | null
  rightId: string | null
  role: Role | null
  action: string
  purpose: Purpose | null
  reference: string | null
  objectKind: string | null
  objectId: string | null
  result: string
  detail: Record<string, unknown>
}

export interface LogPage {
  entries: LogEntry[]
  /** Names of the persons in the entries, by id. */
  names: Map<string, string>
  /** Restarts at the first entry of this page, so that later entries do not shift it. */
  anchor?: string
  next?: string
  /** Exact below {@link countedUpTo}, which means that many or more. */
  approximateTotal: number
}

/** Columns of a {@link LogEntry}. */
export const entryFields = sql`seq, at, person_id as "personId", right_id as "rightId", role, action, purpose, reference,
  object_kind as "objectKind", object_id as "objectId", result, detail`

/** Limit of the exact count. */
export const countedUpTo = 100_000
/** A name may match many persons. */
const maxPeople = 200

/**
 * Returns a page of the log; `deny.role` to others than data protection officers.
 * @throws InvalidLogCursor
 */
export function readLog(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  search: LogSearch,
): Promise<LogPage | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    const after = search.cursor === undefined ? undefined : readCursor(search.cursor)
    const people = search.person?.trim() ? await findPeople(tx, search.person.trim()) : undefined
    const filter = JSON.stringify({
      people,
      role: search.role,
      action: search.action,
      result: search.result,
      purpose: search.purpose,
      object: search.objectId,
      reference: search.reference,
      from: search.from?.toString(),
      to: search.to?.toString(),
    })
    const { rows } = await sql<LogEntry>`
      select ${entryFields} from read_log(${filter}::jsonb, ${after?.at ?? null}::timestamptz, ${after?.seq ?? null}::bigint,
        ${search.skip}::integer, ${search.limit + 1}::integer)`.execute(tx)
    const entries = rows.slice(0, search.limit)
    const [first, last] = [entries[0], entries.at(-1)]
    const approximateTotal = after?.total ?? (await count(tx, filter))
    return {
      entries,
      names: await namesIn(tx, entries),
      approximateTotal,
      ...(first && { anchor: writeCursor({ at: first.at, seq: first.seq + 1, total: approximateTotal }) }),
      ...(rows.length > entries.length &&
        last && { next: writeCursor({ at: last.at, seq: last.seq, total: approximateTotal }) }),
    }
  })
}

async function count(tx: Tx, filter: string): Promise<number> {
  return selectValue(tx, sql<number>`count_log(${filter}::jsonb, ${countedUpTo})`)
}

/** Runs work as the session's data protection officer; the database's refusal of anybody else is returned. */
export function asOfficer<Found>(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  work: (tx: Tx) => Promise<Found>,
): Promise<Found | { refused: 'deny.role' }> {
  const db = safeguardsOf(database)
  return returnRefusal(
    ['deny.role'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const isOfficer = await selectValue(tx, sql<boolean>`viewer_is('DATA_PROTECTION_OFFICER')`)
      return isOfficer ? work(tx) : { refused: 'deny.role' as const }
    }),
  )
}

/** Returns the present names of the persons in entries. */
export function namesIn(database: SafeguardsDatabase, entries: readonly LogEntry[]): Promise<Map<string, string>> {
  return currentNames(
    database,
    entries.flatMap(({ personId, objectKind, objectId }) => [
      ...(personId ? [personId] : []),
      ...(objectKind === 'person' && objectId ? [objectId] : []),
    ]),
  )
}

const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Returns the ids of all persons a text may mean, by past names too: the log is also read about people who have left. */
async function findPeople(tx: Tx, text: string): Promise<string[]> {
  if (idShape.test(text)) return [text.toLowerCase()]
  const rows = await tx
    .selectFrom('person')
    .select('person.id')
    .where((eb) =>
      eb.or([
        eb('person.user_id', '=', text.toLowerCase()),
        eb.exists(
          eb
            .selectFrom('person_name')
            .select('person_name.name')
            .whereRef('person_name.person_id', '=', 'person.id')
            .where('person_name.name', 'ilike', containing(text)),
        ),
      ]),
    )
    .limit(maxPeople)
    .execute()
  return rows.map(({ id }) => id)
}

/** The cursor is invalid. */
export class InvalidLogCursor extends Error {}

interface Cursor {
  at: Temporal.Instant
  seq: number
  total: number
}

function writeCursor({ at, seq, total }: Cursor): string {
  return Buffer.from(JSON.stringify([at.toString(), seq, total])).toString('base64url')
}

const instantShape = /^(?!0000)\d{4}-.*Z$/

function readCursor(cursor: string): Cursor {
  try {
    const [at, seq, total] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    const counts = [seq, total].every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
    if (typeof at === 'string' && instantShape.test(at) && counts) {
      return { at: Temporal.Instant.from(at), seq: seq as number, total: total as number }
    }
  } catch {
    // Handled below like any other invalid cursor.
  }
  throw new InvalidLogCursor('the cursor was not issued by this server; start again without it')
}
