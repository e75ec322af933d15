import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'
import { act } from './prepare-authority.ts'

export interface AuthorityDecision {
  outcome: 'GRANTED' | 'PART' | 'REFUSED'
  /** PART: which items are granted. */
  items?: number[] | undefined
  reasons: string
}

const decideRefusals = [
  'deny.role',
  'not-found',
  'authority.decided',
  'authority.own',
  'authority.authority-off',
  'authority.provision',
  'authority.provision-expired',
  'authority.assessment',
  'authority.items',
  'authority.item-destroyed',
  'input.identity-code',
] as const
const closeRefusals = [
  'deny.role',
  'not-found',
  'authority.closed',
  'authority.decision',
  'authority.package-open',
] as const

/** Grants, grants in part or refuses; nothing without a statutory ground that holds today (R34, R35). */
export function decideAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { outcome, items, reasons }: AuthorityDecision,
): Promise<'done' | Refused<(typeof decideRefusals)[number]>> {
  const statement = sql`select decide_authority(${id}::uuid, ${outcome}, ${items ?? []}::integer[], ${reasons})`
  return act(db, session, id, 'authority.decided', statement, decideRefusals)
}

/** Closes what was decided and is not under way; its entry in the log of disclosures stays. */
export function closeAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  return act(db, session, id, 'authority.closed', sql`select close_authority(${id}::uuid)`, closeRefusals)
}
