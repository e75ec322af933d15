import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { actOnDisclosure } from '../act-on-disclosure.ts'

export interface AuthorityDecision {
  outcome: 'GRANTED' | 'PART' | 'REFUSED'
  /** PART: the granted items. */
  items?: number[] | undefined
  reasons: string
  /** `AuthorityDisclosure.seen` as read. The decision is refused if the content has changed since, such as by another call. */
  seen: string
}

const decideRefusals = [
  'deny.role',
  'confirm.fresh',
  'not-found',
  'authority.decided',
  'authority.own',
  'authority.authority-off',
  'authority.provision',
  'authority.provision-expired',
  'authority.assessment',
  'authority.items',
  'authority.item-destroyed',
  'authority.changed-meanwhile',
  'input.identity-code',
] as const
const closeRefusals = [
  'deny.role',
  'confirm.fresh',
  'not-found',
  'authority.own',
  'authority.closed',
  'authority.decision',
  'authority.package-open',
  'authority.unreleased',
  'authority.no-reason-wanted',
  'input.identity-code',
] as const

/** Grants a request, in full or in part, or refuses it; requires a statutory ground in force (R34, R35). */
export function decideAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { outcome, items, reasons, seen }: AuthorityDecision,
): Promise<'done' | Refused<(typeof decideRefusals)[number]>> {
  const statement = sql`
    select decide_authority(${id}::uuid, ${outcome}, ${items ?? []}::integer[], ${reasons}, ${seen})`
  return actOnDisclosure(db, session, id, 'authority.decided', statement, decideRefusals)
}

/**
 * Closes a decided disclosure that has no open package; its entry in the log of disclosures stays.
 * @param reason why nothing of what was granted was released; undefined if something was released or the request refused
 * (R34)
 */
export function closeAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  reason?: string,
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  return actOnDisclosure(
    db,
    session,
    id,
    'authority.closed',
    sql`select close_authority(${id}::uuid, ${reason ?? null})`,
    closeRefusals,
  )
}
