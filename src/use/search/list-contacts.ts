import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { historyMonths, termZone } from '#description/terms.ts'
import { read } from '#register/read.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { countReached, holdersReached, idsReached, pageReached, type Holders } from './reached-contacts.ts'
import { viewContact, viewSegment } from './contact-view.ts'

export interface ContactSearch {
  /** Calls that were going on at or after this instant. */
  from?: Temporal.Instant | undefined
  /** Calls that started before this instant. */
  to?: Temporal.Instant | undefined
  /** Whole numbers in any written form. */
  caller?: string | undefined
  number?: string | undefined
  /** Part of the official's name, or their number. */
  official?: string | undefined
  recorded?: 'any' | 'true' | 'false' | 'available' | 'none' | 'destroyed' | undefined
  cursor?: string | undefined
  limit: number
}

/** Totals are counted exactly up to here, and not at all beyond. */
const countedUpTo = 10_000
/** What no row holds: a number nobody can read finds nothing, rather than everything. */
const unknownKey = '' as PhoneNumberKey
/** No call is longer: lets the database leave out whole months. */
const longestCallHours = 24

/** A page of the contact history, newest first (R10, R21). Throws InvalidCursor for a cursor that is none of ours. */
export function listContacts(db: Kysely<RegisterTables>, grant: Grant, search: ContactSearch) {
  return read(db, grant, async (tx) => {
    const now = await registerTime(tx)
    const after = search.cursor === undefined ? undefined : readCursor(search.cursor)
    const holders = holdersReached(grant)
    const matching = matchingContacts(tx, holders, search, now, after)
    const isTheirsAlone = holders !== undefined && !isNarrowed(search)
    const total = after
      ? after.total
      : isTheirsAlone
        ? await countTheirs(tx, holders, search, now)
        : await countContacts(tx, matching)
    const page = isTheirsAlone
      ? await pageReached(
          tx,
          holders,
          { from: search.from?.subtract({ hours: longestCallHours }), goingOnAt: search.from, to: search.to, after },
          search.limit + 1,
        )
      : await matching
          .selectAll('contact')
          .orderBy('contact.started_at', 'desc')
          .orderBy('contact.id', 'desc')
          .limit(search.limit + 1)
          .execute()
    const shown = page.slice(0, search.limit)
    const last = shown.at(-1)
    const segments = await segmentsOf(tx, shown)
    const items = shown.map((contact) => ({
      ...viewContact(contact),
      segments: segments
        .filter(({ segment }) => segment.contact_id === contact.id)
        .map(({ segment, recording }) => viewSegment(segment, recording, now)),
    }))
    return {
      found: {
        items,
        ...(page.length > shown.length && last && { next: writeCursor(last.started_at, last.id, total) }),
        approximateTotal: total,
      },
      trace: {
        action: 'contacts.listed',
        result: 'ok',
        object: { kind: 'search' },
        // Not whose number: those who watch see that one was searched for again and again.
        detail: {
          contacts: shown.map((contact) => contact.id),
          ...(search.caller?.trim() && { byCaller: true }),
        },
      },
    }
  })
}

/** The segments of contacts with their recordings, in order; those that the viewer may see. */
export async function segmentsOf(
  tx: Transaction<RegisterTables>,
  contacts: { id: string; started_at: Temporal.Instant }[],
) {
  if (contacts.length === 0) return []
  const ids = contacts.map((contact) => contact.id)
  const starts = contacts.map((contact) => contact.started_at)
  const segments = await tx
    .selectFrom('segment')
    .selectAll()
    .where('contact_id', 'in', ids)
    .where('contact_started_at', 'in', starts)
    .orderBy('seq')
    .execute()
  const { rows: recordings } = await sql<Selectable<RegisterTables['recording']>>`
    select * from recordings_by_contact(${ids}::uuid[])`.execute(tx)
  return segments.map((segment) => ({
    segment,
    recording: recordings.find((recording) => recording.segment_id === segment.id),
  }))
}

export class InvalidCursor extends Error {
  override name = 'InvalidCursor'
}

/** Calls that ended no longer ago than the history is kept, to the length of a call (R22). */
function oldestShown(now: Temporal.Instant): Temporal.Instant {
  return now.toZonedDateTimeISO(termZone).subtract({ months: historyMonths, hours: longestCallHours }).toInstant()
}

/** True where a search asks for more of a contact than its time. */
function isNarrowed({ caller, number, official, recorded = 'any' }: ContactSearch): boolean {
  return recorded !== 'any' || [caller, number, official].some((text) => text?.trim())
}

/** The contacts that a search finds; with a cursor, those after it. Of holders: those among theirs. */
function matchingContacts(
  tx: Transaction<RegisterTables>,
  holders: Holders | undefined,
  search: ContactSearch,
  now: Temporal.Instant,
  after: Cursor | undefined,
) {
  const { from, to } = search
  const between = { from: from?.subtract({ hours: longestCallHours }), to, after }
  let query = tx.selectFrom('contact')
  if (between.from) query = query.where('contact.started_at', '>=', between.from)
  if (to) query = query.where('contact.started_at', '<', to)
  if (after) {
    query = query.where(
      sql<boolean>`(contact.started_at, contact.id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`,
    )
  }
  if (holders) {
    query = query.where(sql<boolean>`(contact.started_at, contact.id) in (${idsReached(holders, between)})`)
  }
  if (from) query = query.where((eb) => eb(eb.fn.coalesce('contact.ended_at', eb.val(now)), '>=', from))
  if (search.caller?.trim()) {
    const caller = normalisePhoneNumber(search.caller)
    query =
      caller.kind === 'withheld'
        ? query.where('contact.caller_kind', '=', 'withheld')
        : query.where('contact.caller_key', '=', caller.key ?? unknownKey)
  }
  if (search.number?.trim())
    query = query.where('contact.number_called', '=', normalisePhoneNumber(search.number).key ?? unknownKey)
  const official = search.official?.trim()
  if (official) {
    const phone = normalisePhoneNumber(official).key ?? unknownKey
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('segment')
          .select('segment.id')
          .whereRef('segment.contact_id', '=', 'contact.id')
          .whereRef('segment.contact_started_at', '=', 'contact.started_at')
          .where((inner) =>
            inner.or([
              inner('segment.official_phone', '=', phone),
              inner('segment.official_name', 'ilike', `%${official.replace(/[\\%_]/g, '\\$&')}%`),
            ]),
          ),
      ),
    )
  }
  const { recorded = 'any' } = search
  if (recorded !== 'any') {
    const gone = sql<boolean>`(recording.state in ('DESTROYED', 'DESTROYING') or recording.destroy_at <= ${now})`
    query = query.where((eb) => {
      const recordings = eb
        .selectFrom('recording')
        .select('recording.id')
        .whereRef('recording.contact_id', '=', 'contact.id')
      if (recorded === 'true') return eb.exists(recordings)
      if (recorded === 'none' || recorded === 'false') return eb.not(eb.exists(recordings))
      if (recorded === 'destroyed') return eb.exists(recordings.where(gone))
      return eb.exists(
        recordings
          .where(sql<boolean>`not ${gone}`)
          .where('recording.state', '=', 'STORED')
          .where('recording.kept_at', 'is not', null),
      )
    })
  }
  return query
}

/** Those that started in the search's time, and before it those that were still going on then. */
async function countTheirs(
  tx: Transaction<RegisterTables>,
  holders: Holders,
  { from, to }: ContactSearch,
  now: Temporal.Instant,
): Promise<number> {
  const started = await countReached(tx, holders, { from: from ?? oldestShown(now), to }, countedUpTo)
  if (!from || started === countedUpTo) return started
  const before = { from: from.subtract({ hours: longestCallHours }), to: from, goingOnAt: from }
  const goingOn = await pageReached(tx, holders, before, countedUpTo - started)
  return started + goingOn.length
}

async function countContacts(
  tx: Transaction<RegisterTables>,
  matching: ReturnType<typeof matchingContacts>,
): Promise<number> {
  const { total } = await tx
    .selectFrom(
      matching
        .select(sql`1`.as('one'))
        .limit(countedUpTo)
        .as('counted'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

function writeCursor(startedAt: Temporal.Instant, id: string, total: number): string {
  return Buffer.from(JSON.stringify([startedAt.toString(), id, total])).toString('base64url')
}

const instantShape = /^(?!0000)\d{4}-.*Z$/
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface Cursor {
  startedAt: Temporal.Instant
  id: string
  total: number
}

function readCursor(cursor: string): Cursor {
  try {
    const [startedAt, id, total] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof startedAt !== 'string' || !instantShape.test(startedAt)) throw new InvalidCursor()
    if (typeof id !== 'string' || !idShape.test(id)) throw new InvalidCursor()
    if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0) throw new InvalidCursor()
    return { startedAt: Temporal.Instant.from(startedAt), id, total }
  } catch {
    throw new InvalidCursor('the cursor is not one that a page gave; begin again without it')
  }
}
