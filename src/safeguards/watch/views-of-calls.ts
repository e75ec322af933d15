/**
 * Views of calls, as shown to the people the calls are about (L11, L17; CJEU C-579/21): time, role, unit and purpose. Never
 * contains a name, or views by the security unit.
 */
import { sql } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'

export interface ViewOfCall {
  at: Temporal.Instant
  /** How the call was viewed: on a page of a search, live, opened, its caller's number revealed, listened to. */
  kind: 'shown' | 'watched' | 'read' | 'revealed' | 'listened'
  role: Role
  purpose: Purpose
  /** The viewer's unit at that time. */
  unit?: string
  /** The call; null if several calls were shown on that day. */
  contact: { id: string; startedAt: Temporal.Instant | null } | null
  calls: number
  /** Duration of the served audio, in milliseconds. */
  servedMs: number | null
}

/** Maximum returned; beyond it the period has to be shorter. */
export const maxViews = 5000

/** Returns others' views of the person's own calls, newest first; the extract itself is logged (`extract.read`). */
export function viewsOfMyCalls(
  database: SafeguardsDatabase,
  session: Session,
  { from, to }: { from: Temporal.Instant; to: Temporal.Instant },
): Promise<ViewOfCall[]> {
  return asViewer(database, session, async (tx) => {
    const { rows } = await sql<ViewRow>`
      select at, kind, role, purpose, unit, contact_id as "contactId", calls, served_ms::float8 as "servedMs",
        contact_started_at as "startedAt"
      from accesses_to_my_calls(${from}::timestamptz, ${to}::timestamptz)`.execute(tx)
    return rows.map(describeView)
  })
}

/** Returns views of one call, newest first. `tx` is the transaction of a grant for the purpose INSPECTION. */
export async function viewsOfContact(tx: SafeguardsDatabase, contactId: string): Promise<ViewOfCall[]> {
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
