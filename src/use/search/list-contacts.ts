import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { contactFilters, lastDigitsOf, noFilterValue, type FilterName, type FilterValues } from './contact-filters.ts'
import { viewContact, viewSegment, type SegmentToView } from './contact-view.ts'

export type ContactOrder = 'newest' | 'oldest'

export interface ContactSearch extends FilterValues {
  /** Calls that ended at or after this instant, or are ongoing. */
  from?: Temporal.Instant | undefined
  /** Calls that started before this instant. */
  to?: Temporal.Instant | undefined
  /** Absent: newest first. */
  order?: ContactOrder | undefined
  /** Continues after a page of the same search in the same order. */
  cursor?: string | undefined
  limit: number
}

/** Largest total that is counted exactly. */
const countedUpTo = 1_000
/** Matches no row: an unreadable number finds nothing, rather than everything. */
const unknownKey = '' as PhoneNumberKey
/** Longest call: lets the database skip whole months. */
const maxCallHours = 24

/**
 * Returns a page of the contact history by time, newest or oldest first (R10, R21).
 * @throws InvalidCursor
 */
export function listContacts(db: Kysely<RegisterTables>, grant: Grant, search: ContactSearch) {
  return viewUnderGrant(db, grant, async (tx) => {
    const now = await registerTime(tx)
    const { order = 'newest' } = search
    const after = search.cursor === undefined ? undefined : readCursor(search.cursor, order)
    // The total is counted with the first page.
    const max = Math.max(search.limit + 1, after ? 0 : countedUpTo)
    const ids = await findContacts(tx, filtersOf(search, grant), { order, after, max })
    const shown = await contactsById(tx, ids.slice(0, search.limit))
    const last = ids[search.limit - 1]
    const total = after?.total ?? Math.min(ids.length, countedUpTo)
    const segments = await segmentsOf(tx, grant, shown)
    const items = shown.map((contact) => ({
      ...viewContact(contact),
      segments: segments.filter(({ segment }) => segment.contact_id === contact.id).map((one) => viewSegment(one, now)),
    }))
    return {
      found: {
        items,
        ...(ids.length > search.limit && last && { next: writeCursor(last, total, order) }),
        approximateTotal: total,
      },
      trace: {
        action: 'contacts.listed',
        result: 'ok',
        object: { kind: 'search' },
        // Logs that a caller was searched, not the number: monitoring shows repeated searches.
        detail: {
          contacts: shown.map((contact) => contact.id),
          ...(search.caller?.trim() && { byCaller: true }),
        },
      },
    }
  })
}

/** Returns the visible segments of contacts with their recordings, in order. */
export async function segmentsOf(
  tx: Transaction<RegisterTables>,
  { session }: Pick<Grant, 'session'>,
  contacts: { id: string; started_at: Temporal.Instant }[],
): Promise<SegmentToView[]> {
  if (contacts.length === 0) return []
  const ids = contacts.map((contact) => contact.id)
  const starts = contacts.map((contact) => contact.started_at)
  const { rows: segments } = await sql<Selectable<RegisterTables['segment']>>`
    select * from segments_by_contact(${ids}::uuid[], ${starts.map(String)}::timestamptz[])`.execute(tx)
  const { rows: recordings } = await sql<Selectable<RegisterTables['recording']>>`
    select * from recordings_by_contact(${ids}::uuid[])`.execute(tx)
  const shown = segments.map((segment) => ({
    segment,
    recording: recordings.find((recording) => recording.segment_id === segment.id),
  }))
  const isOwn = ({ segment, recording }: (typeof shown)[number]) =>
    recording !== undefined && segment.official_person_id === session.personId
  const own = new Set(shown.filter(isOwn).map(({ segment }) => segment.contact_id))
  const wishes = await callerWishes(
    tx,
    contacts.filter(({ id }) => own.has(id)),
  )
  return shown.map((one) => ({
    ...one,
    callerWishUntil: isOwn(one) ? wishes.get(one.segment.contact_id) : undefined,
  }))
}

/** Returns until when the viewer may enter callers' wishes, by contact: own calls that have ended for them (R49). */
async function callerWishes(
  tx: Transaction<RegisterTables>,
  contacts: { id: string; started_at: Temporal.Instant }[],
): Promise<Map<string, Temporal.Instant>> {
  if (contacts.length === 0) return new Map()
  const { rows } = await sql<{ contact_id: string; until: Temporal.Instant }>`
    select contact_id, until from own_caller_wishes(
      ${contacts.map(({ id }) => id)}::uuid[], ${contacts.map(({ started_at }) => String(started_at))}::timestamptz[])`.execute(
    tx,
  )
  return new Map(rows.map(({ contact_id, until }) => [contact_id, until]))
}

export class InvalidCursor extends Error {
  override name = 'InvalidCursor'
}

interface FoundContact {
  id: string
  started_at: Temporal.Instant
}

/** Returns ids of matching visible contacts in order, after the cursor. */
async function findContacts(
  tx: Transaction<RegisterTables>,
  filters: Record<string, unknown>,
  { order, after, max }: { order: ContactOrder; after: Cursor | undefined; max: number },
): Promise<FoundContact[]> {
  const { rows } = await sql<FoundContact>`
    select id, started_at from search_contacts(
      jsonb_populate_record(null::contact_filters, ${JSON.stringify(filters)}::jsonb),
      after_at => ${after?.startedAt ?? null}::timestamptz, after_id => ${after?.id ?? null}::uuid, max_rows => ${max}::integer,
      oldest_first => ${order === 'oldest'})`.execute(tx)
  return rows
}

/**
 * Converts to the database's `contact_filters`, whose members have the filters' names. Last digits are searched among the
 * viewer's own calls; for a viewer without a right to own calls they are taken as a whole number, such as an extension.
 */
function filtersOf({ from, to, ...search }: ContactSearch, { rights }: Grant): Record<string, unknown> {
  const given = Object.fromEntries(
    (Object.keys(contactFilters) as FilterName[]).flatMap((name) => {
      const value = search[name]?.trim()
      return value && value !== noFilterValue(name) ? [[name, value]] : []
    }),
  )
  const { caller, number, official, recorded, ...others } = given
  const callerEnds = rights.some(({ scope }) => scope.kind === 'own') ? lastDigitsOf(caller) : undefined
  const parsed = caller === undefined || callerEnds !== undefined ? undefined : normalisePhoneNumber(caller)
  return {
    ...others,
    ...(from && { from_at: from.subtract({ hours: maxCallHours }), going_on_at: from }),
    ...(to && { to_at: to }),
    ...(parsed && (parsed.kind === 'withheld' ? { withheld: true } : { caller: parsed.key ?? unknownKey })),
    ...(callerEnds && { caller_ends: callerEnds }),
    ...(number && { called: normalisePhoneNumber(number).key ?? unknownKey }),
    ...(official && {
      official: `%${official.replace(/[\\%_]/g, '\\$&')}%`,
      official_number: normalisePhoneNumber(official).key ?? unknownKey,
    }),
    ...(recorded && { recorded: recorded === 'false' ? 'none' : recorded }),
  }
}

/** Returns these contacts in order, as far as the policies show them. */
async function contactsById(
  tx: Transaction<RegisterTables>,
  found: readonly FoundContact[],
): Promise<Selectable<RegisterTables['contact']>[]> {
  if (found.length === 0) return []
  const { rows } = await sql<Selectable<RegisterTables['contact']>>`
    select * from contacts_by_id(${found.map(({ id }) => id)}::uuid[], ${found.map(({ started_at }) => started_at.toString())}::timestamptz[])`.execute(
    tx,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return found.flatMap(({ id }) => byId.get(id) ?? [])
}

/** A cursor names its order, because after the same call the other order has other calls. */
function writeCursor({ started_at, id }: FoundContact, total: number, order: ContactOrder): string {
  return Buffer.from(JSON.stringify([started_at.toString(), id, total, order])).toString('base64url')
}

const instantShape = /^(?!0000)\d{4}-.*Z$/
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface Cursor {
  startedAt: Temporal.Instant
  id: string
  total: number
}

function readCursor(cursor: string, order: ContactOrder): Cursor {
  try {
    const [startedAt, id, total, by = 'newest'] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    ) as unknown[]
    if (by !== order) throw new InvalidCursor()
    if (typeof startedAt !== 'string' || !instantShape.test(startedAt)) throw new InvalidCursor()
    if (typeof id !== 'string' || !idShape.test(id)) throw new InvalidCursor()
    if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0) throw new InvalidCursor()
    return { startedAt: Temporal.Instant.from(startedAt), id, total }
  } catch {
    throw new InvalidCursor('the cursor did not come from a page of this search; begin again without a cursor')
  }
}
