import { sql, type Kysely } from 'kysely'
import { viewUnderGrant, type Viewed } from '#register/view-under-grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { viewsOfContact, type ViewOfCall } from '#safeguards/watch/views-of-calls.ts'

export interface ViewsExtract {
  contact: { id: string; startedAt: Temporal.Instant; endedAt?: Temporal.Instant }
  views: ViewOfCall[]
}

/**
 * Returns who viewed a call, without names, for an inspection (L11, R44).
 * @returns `not-found` for a contact that does not exist or is not visible, and for one that the Service Unit has not matched
 * to the requester, without distinction
 */
export function extractViews(
  db: Kysely<RegisterTables>,
  grant: Grant,
  contactId: string,
): Promise<ViewsExtract | 'not-found'> {
  return viewUnderGrant<Viewed<ViewsExtract | 'not-found'>>(db, grant, async (tx) => {
    const contact = await tx
      .selectFrom('contact')
      .select(['id', 'started_at', 'ended_at'])
      .where('id', '=', contactId)
      .executeTakeFirst()
    const object = { kind: 'contact', id: contactId } as const
    const { rows } = await sql<{ may: boolean }>`select may_extract(${contactId}::uuid) as may`.execute(tx)
    if (!contact || !rows[0]?.may)
      return { found: 'not-found', trace: { action: 'extract.read', result: 'refused:not-found', object } }
    return {
      found: {
        contact: {
          id: contact.id,
          startedAt: contact.started_at,
          ...(contact.ended_at && { endedAt: contact.ended_at }),
        },
        views: await viewsOfContact(tx, contactId),
      },
      // The database has logged the view.
      trace: 'nothing-new',
    }
  })
}
