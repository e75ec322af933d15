/**
 * Proof of presence by password, for a person without a second factor; those are verified by the custodian (second-factor.ts,
 * passkeys.ts).
 */
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { asViewer } from './as-viewer.ts'
import { passwordProof } from './own-account.ts'

/** @returns `confirm.code` if the person must use a second factor */
export async function provePresence(
  database: SafeguardsDatabase,
  session: Session,
  password: string,
): Promise<{ done: true } | { refused: 'session.credentials' | 'session.wait' | 'session.none' | 'confirm.code' }> {
  const proof = await passwordProof(database, session.personId, password)
  const proved = await asViewer(database, session, async (tx) => {
    const { rows } = await sql<{ proved: keyof typeof refusals | 'right' }>`
      select prove_again(${proof}::bytea) as proved`.execute(tx)
    return rows[0]?.proved ?? 'none'
  })
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
