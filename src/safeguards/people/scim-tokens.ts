/**
 * The tokens with which identity systems keep the directory. In: names. Out: a token, once; afterwards only its hash is
 * kept. Never here: what a token lets its holder do (database/functions/directory/people-and-units.sql), or reading one from a request.
 */
import { createHash, randomBytes } from 'node:crypto'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

/** So that whoever finds one in a file knows what it is. */
const prefix = 'seloste-scim-'

export interface ScimToken {
  name: string
  createdAt: Temporal.Instant
  revokedAt: Temporal.Instant | null
}

/** Makes a token for an identity system; a name is used once, so that traces of different tokens stay apart. */
export async function addScimToken(
  holding: HoldingSafeguards,
  name: string,
): Promise<{ token: string } | { refused: 'name-taken' }> {
  const token = prefix + randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(token, 'utf8').digest()
  return safeguardsOf(holding)
    .transaction()
    .execute(async (tx) => {
      const made = await tx
        .insertInto('scim_token')
        .values({ name, hash })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (!made) return { refused: 'name-taken' }
      await appendAudit(tx, { action: 'scim-token.added', result: 'ok', object: { kind: 'scim-token', id: made.id } })
      return { token }
    })
}

/** Every token there has been, the oldest first. */
export async function listScimTokens(holding: HoldingSafeguards): Promise<ScimToken[]> {
  return safeguardsOf(holding)
    .selectFrom('scim_token')
    .select(['name', 'created_at as createdAt', 'revoked_at as revokedAt'])
    .orderBy('created_at')
    .execute()
}

/** Ends a token at once and for ever. @returns false where there is none of this name that still holds */
export async function revokeScimToken(holding: HoldingSafeguards, name: string): Promise<boolean> {
  return safeguardsOf(holding)
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
