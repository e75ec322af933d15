import { sql, type Kysely } from 'kysely'
import { read, type Viewed } from '#register/read.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { viewsOfContact, type ViewOfCall } from '#safeguards/watch/views-of-calls.ts'

export interface ViewsExtract {
  contact: { id: string; startedAt: Temporal.Instant; endedAt?: Temporal.Instant }
  looks: ViewOfCall[]
}

/**
 * Who looked at a call, without names, for whoever inspects it (L11, R44).
 * @returns `not-found` for a contact that is not there or that the viewer may not see, and for one that the Service Unit has
 *   found and not yet shown to be the requester's; they are not told apart
 */
export function extractViews(
  db: Kysely<RegisterTables>,
  grant: Grant,
  contactId: string,
): Promise<ViewsExtract | 'not-found'> {
  return read<Viewed<ViewsExtract | 'not-found'>>(db, grant, async (tx) => {
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
        looks: await viewsOfContact(tx, contactId),
      },
      // The database has written it.
      trace: 'nothing-new',
    }
  })
}
