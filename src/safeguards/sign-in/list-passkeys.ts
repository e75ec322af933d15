import { inSession } from '#platform/database/connect.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

export interface OwnPasskey {
  id: string
  name: string
  backedUp: boolean
  addedAt: Temporal.Instant
  usedAt: Temporal.Instant | null
}

/** The passkeys of a session's holder, oldest first; the database shows nobody those of others. */
export function listOwnPasskeys(holding: HoldingSafeguards, session: Session): Promise<OwnPasskey[]> {
  return inSession(safeguardsOf(holding), { 'seloste.session': session.token }, (tx) =>
    tx
      .selectFrom('passkey')
      .select(['id', 'name', 'backed_up as backedUp', 'created_at as addedAt', 'last_used_at as usedAt'])
      .orderBy('created_at')
      .execute(),
  )
}
