/**
 * Tokens of identity systems, shown once; only the hash is stored. What a holder may do is in
 * database/functions/directory/people-and-units.sql.
 */
import { newToken, tokenHash } from '#platform/links/link-token.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/** Identifies a token that is found in a file. */
const prefix = 'seloste-scim-'

export interface ScimToken {
  name: string
  createdAt: Temporal.Instant
  revokedAt: Temporal.Instant | null
}

/** Makes a token for an identity system; a name is used once, so that log entries of different tokens are distinct. */
export async function addScimToken(
  database: SafeguardsDatabase,
  name: string,
): Promise<{ token: string } | { refused: 'name-taken' }> {
  const token = prefix + newToken()
  return safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const added = await tx
        .insertInto('scim_token')
        .values({ name, hash: tokenHash(token) })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (!added) return { refused: 'name-taken' }
      await appendAudit(tx, { action: 'scim-token.added', result: 'ok', object: { kind: 'scim-token', id: added.id } })
      return { token }
    })
}

/** Lists all tokens, oldest first. */
export async function listScimTokens(database: SafeguardsDatabase): Promise<ScimToken[]> {
  return safeguardsOf(database)
    .selectFrom('scim_token')
    .select(['name', 'created_at as createdAt', 'revoked_at as revokedAt'])
    .orderBy('created_at')
    .execute()
}

/**
 * Revokes a token for good.
 * @returns false if no valid one has this name
 */
export async function revokeScimToken(database: SafeguardsDatabase, name: string): Promise<boolean> {
  return safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const revoked = await tx
        .updateTable('scim_token')
        .set({ revoked_at: Temporal.Now.instant() })
        .where('name', '=', name)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      if (!revoked) return false
      await appendAudit(tx, {
        action: 'scim-token.revoked',
        result: 'ok',
        object: { kind: 'scim-token', id: revoked.id },
      })
      return true
    })
}
