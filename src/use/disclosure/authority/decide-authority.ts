import { sql } from 'kysely'
import { databaseAct } from '#safeguards/access/database-request.ts'

export interface AuthorityDecision {
  outcome: 'GRANTED' | 'PART' | 'REFUSED'
  /** PART: the granted items. */
  items?: number[] | undefined
  reasons: string
  /** `AuthorityDisclosure.seen` as read. The decision is refused if the content has changed since, such as by another call. */
  seen: string
}

/** Grants a request, in full or in part, or refuses it; requires a statutory ground in force (R34, R35). */
export const decideAuthority = databaseAct((id: string, { outcome, items, reasons, seen }: AuthorityDecision) => ({
  statement: sql`
    select decide_authority(${id}::uuid, ${outcome}, ${items ?? []}::integer[], ${reasons}, ${seen})`,
  refusals: [
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
  ],
  action: 'authority.decided',
  object: { kind: 'disclosure', id },
}))

/**
 * Closes a decided disclosure that has no open package; its entry in the log of disclosures stays.
 * @param reason why nothing of what was granted was released; undefined if something was released or the request refused
 * (R34)
 */
export const closeAuthority = databaseAct((id: string, reason?: string) => ({
  statement: sql`select close_authority(${id}::uuid, ${reason ?? null})`,
  refusals: [
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
  ],
  action: 'authority.closed',
  object: { kind: 'disclosure', id },
}))
