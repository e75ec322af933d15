import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/**
 * Lets the identity provider sign a person in by the external id that the identity system changed; for the operator.
 * @returns false if the person has another external id
 */
export async function confirmExternalId(
  database: SafeguardsDatabase,
  personId: string,
  externalId: string,
): Promise<boolean> {
  return safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const changed = await tx
        .updateTable('person')
        .set({ external_id_signs_in: true })
        .where('id', '=', personId)
        .where('external_id', '=', externalId)
        .returning('id')
        .executeTakeFirst()
      if (!changed) return false
      await appendAudit(tx, {
        action: 'directory.changed',
        result: 'ok',
        object: { kind: 'person', id: personId },
        detail: { fields: ['externalId'], confirmed: true },
      })
      return true
    })
}
