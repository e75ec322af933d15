/**
 * Enters a request whose requester is identified, with calls that were found or verified as theirs: under its number a
 * clerk sees these calls and no others. Tests of the earlier steps work over the network.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'

export interface RequestToServe {
  /** Clerk who entered the request and verified its calls. */
  clerkId: string
  /** Ids of contacts in the register. */
  contacts?: readonly string[]
  /** State of each call; by default MATCHED, verified as the requester's. */
  state?: 'FOUND' | 'MATCHED'
  party?: RequestParty
  /** Requester, if `party` is OFFICIAL. */
  officialId?: string
  /**
   * Kinds of the request. With LISTEN or COPY, an inspection is open for every matched call with a playable recording.
   */
  kinds?: readonly RequestKind[]
  receivedAt?: Temporal.Instant
  /** False if the requester is not identified yet. */
  identified?: boolean
  /** False if the log lacks it and its calls, as when the owner of the database inserts them. */
  logged?: boolean
}

export interface ServedRequest {
  id: string
  /** Number of the request, which is the reference of every view that serves it. */
  number: string
  /** Calls in the order of the contacts. */
  calls: { id: string; contactId: string; inspectionId: string | null }[]
}

/** Last number used: such high numbers are given to no request entered at the desk. */
let lastNumber = 900_000

/**
 * Enters the request.
 * @param admin the superuser's database
 */
export async function servedRequest(admin: Kysely<RegisterTables>, request: RequestToServe): Promise<ServedRequest> {
  const {
    clerkId,
    contacts = [],
    state = 'MATCHED',
    party = 'CALLER',
    officialId,
    kinds = ['KNOW'],
    identified = true,
    logged = true,
  } = request
  const receivedAt = request.receivedAt ?? Temporal.Now.instant().subtract({ minutes: 1 })
  const id = randomUUID()
  const number = `P-${receivedAt.toZonedDateTimeISO('Europe/Helsinki').year}-${++lastNumber}`
  return admin.transaction().execute(async (tx) => {
    await sql`
      insert into subject_request (id, number, party, kinds, channel, language, received_at, due_at, entered_by, official_id,
        identified_how, identified_at, identified_by)
      values (${id}, ${number}, ${party}, ${[...kinds]}::text[], 'PHONE', 'fi', ${receivedAt}, months_after(${receivedAt}, 1),
        ${clerkId}, ${officialId ?? null}, ${identified ? (party === 'OFFICIAL' ? 'PERSONNEL' : 'PASSPORT') : null},
        ${identified ? receivedAt : null}, ${identified ? clerkId : null})`.execute(tx)
    await sql`insert into subject_requester (request_id, name) values (${id}, 'Pyytäjä Pyynnöllä')`.execute(tx)
    // In nobody's name, as after a restore, so that no alarm counts them.
    const log = (action: string, detail: object) =>
      logged &&
      sql`
        insert into audit_entry (action, object_kind, object_id, result, detail)
        values (${action}, 'request', ${id}, 'ok', ${JSON.stringify({ ...detail, restored: true })}::jsonb)`.execute(tx)
    await log('request.entered', { party, ...(officialId && { official: officialId }) })
    const calls: ServedRequest['calls'] = []
    for (const [at, contactId] of contacts.entries()) {
      const method = state === 'FOUND' ? null : party === 'OFFICIAL' ? 'PERSONNEL' : 'RECORDING'
      const { rows } = await sql<{ id: string }>`
        insert into request_call (request_id, ordinal, state, told, contact_id, contact_started_at, looked_at, looked_by, verified_how, verified_at, verified_by)
        select ${id}, ${at + 1}::integer, ${state}, '{"day": "2026-11-25", "time": "12:00", "accuracy": "HOURS"}', c.id, c.started_at,
          ${receivedAt}, ${clerkId}::uuid, ${method}::text, ${method && receivedAt}::timestamptz, ${method && clerkId}::uuid
        from contact c where c.id = ${contactId}
        returning id`.execute(tx)
      const call = rows[0]
      if (!call) throw new Error(`${contactId} is no contact of this register`)
      await log('call.looked-for', { call: call.id, result: 'one', contact: contactId })
      const { rows: opened } = await sql<{ id: string | null }>`
        select open_inspection_for(c, kind) as id from request_call c, unnest('{LISTEN,COPY}'::text[]) kind
        where c.id = ${call.id}`.execute(tx)
      calls.push({ id: call.id, contactId, inspectionId: opened.find((one) => one.id !== null)?.id ?? null })
    }
    return { id, number, calls }
  })
}
