import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'

export interface OwnPasskey {
  id: string
  name: string
  backedUp: boolean
  addedAt: Temporal.Instant
  usedAt: Temporal.Instant | null
}

/** Lists the session holder's passkeys, oldest first. */
export function listOwnPasskeys(database: SafeguardsDatabase, session: Session): Promise<OwnPasskey[]> {
  return asViewer(database, session, (tx) =>
    tx
      .selectFrom('passkey')
      .select(['id', 'name', 'backed_up as backedUp', 'created_at as addedAt', 'last_used_at as usedAt'])
      .orderBy('created_at')
      .execute(),
  )
}
