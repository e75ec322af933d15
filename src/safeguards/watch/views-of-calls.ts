/**
 * Who looked, as whoever the calls are about may know it (L11, L17; CJEU C-579/21): when, in which role and unit, under
 * which purpose. Never here: a name, or that the security unit looked.
 */
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

export interface ViewOfCall {
  at: Temporal.Instant
  /** On a page of a search, live, opened, its caller's number revealed, listened to. */
  kind: 'shown' | 'watched' | 'read' | 'revealed' | 'listened'
  role: Role
  purpose: Purpose
  /** Where the looker worked at that time. */
  unit?: string
  /** The call; none where several were shown on a day. */
  contact: { id: string; startedAt: Temporal.Instant | null } | null
  calls: number
  /** How much sound was served, in milliseconds. */
  servedMs: number | null
}

/** No more are told at once: then the time asked for has to be shorter. */
export const maxViews = 5000

/** Looks by others at the viewer's own calls, newest first; that the extract was made is in the log (`extract.read`). */
export function viewsOfMyCalls(
  holding: HoldingSafeguards,
  session: Session,
  { from, to }: { from: Temporal.Instant; to: Temporal.Instant },
): Promise<ViewOfCall[]> {
  return inSession(safeguardsOf(holding), { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<ViewRow>`
      select at, kind, role, purpose, unit, contact_id as "contactId", calls, served_ms::float8 as "servedMs",
        contact_started_at as "startedAt"
      from accesses_to_my_calls(${from}::timestamptz, ${to}::timestamptz)`.execute(tx)
    return rows.map(describeView)
  })
}

/** Looks at one call, as far as the rights of a Grant's transaction to INSPECTION reach it; newest first. */
export async function viewsOfContact(tx: HoldingSafeguards, contactId: string): Promise<ViewOfCall[]> {
  const { rows } = await sql<ViewRow>`
    select at, kind, role, purpose, unit, contact_id as "contactId", calls, served_ms::float8 as "servedMs",
      null::timestamptz as "startedAt"
    from accesses_to_contact(${contactId}::uuid)`.execute(tx)
  return rows.map(describeView)
}

interface ViewRow extends Omit<ViewOfCall, 'contact'> {
  contactId: string | null
  startedAt: Temporal.Instant | null
}

function describeView({ contactId, startedAt, ...view }: ViewRow): ViewOfCall {
  return { ...view, contact: contactId === null ? null : { id: contactId, startedAt } }
}
