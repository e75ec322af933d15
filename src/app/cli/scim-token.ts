import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { addScimToken, listScimTokens, revokeScimToken } from '#safeguards/people/scim-tokens.ts'
import { withRunningDatabase } from './running-database.ts'

/** `scim-token add|list|revoke`: tokens of identity systems that may change the directory. */
export async function scimToken(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { name: { type: 'string' } } })
  const [action] = positionals
  const name = values.name?.trim() ?? ''
  if (action === 'list') {
    const tokens = await withRunningDatabase(settings, 'scim-token', listScimTokens)
    for (const { name: tokenName, createdAt, revokedAt } of tokens) {
      console.log(`${tokenName}  made ${short(createdAt)}${revokedAt ? `, revoked ${short(revokedAt)}` : ''}`)
    }
    return
  }
  if ((action !== 'add' && action !== 'revoke') || name === '') {
    throw new Fault('argument-wrong', 'scim-token needs add or revoke with --name, or list; see "seloste help"')
  }
  await withRunningDatabase(settings, 'scim-token', async (db) => {
    if (action === 'revoke') {
      if (!(await revokeScimToken(db, name))) {
        throw new Fault('not-found', `no active token is named "${name}"; "seloste scim-token list" shows the tokens`)
      }
      console.log(`the token "${name}" is revoked`)
      return
    }
    const made = await addScimToken(db, name)
    if ('refused' in made) {
      throw new Fault(
        'name-taken',
        `a token named "${name}" exists or existed; choose another name, so that the log entries of the two can be distinguished`,
      )
    }
    console.log(`the token "${name}", shown only once: ${made.token}`)
  })
}

function short(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' })
}
