/**
 * Proof of presence by password, for a person without a second factor; those are verified by the custodian (second-factor.ts,
 * passkeys.ts).
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { passwordProof } from './own-account.ts'

/** @returns `confirm.code` if the person must use a second factor */
export async function provePresence(
  database: SafeguardsDatabase,
  session: Session,
  password: string,
): Promise<{ done: true } | { refused: 'session.credentials' | 'session.wait' | 'session.none' | 'confirm.code' }> {
  const proof = await passwordProof(database, session.personId, password)
  const proved = await asViewer(database, session, (tx) =>
    selectValue(tx, sql<keyof typeof refusals | 'right'>`prove_again(${proof}::bytea)`),
  )
  if (proved === 'right') return { done: true }
  await appendAudit(database, {
    action: 'session.second-factor',
    result: `refused:${refusals[proved]}`,
    personId: session.personId,
    object: { kind: 'session' },
    detail: { factor: 'password' },
  })
  return { refused: refusals[proved] }
}

const refusals = {
  wrong: 'session.credentials',
  wait: 'session.wait',
  none: 'session.none',
  factor: 'confirm.code',
} as const
