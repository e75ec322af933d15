import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { actOnDisclosure } from '../act-on-disclosure.ts'

export interface AuthorityRequest {
  origin: 'REQUEST' | 'OWN_INITIATIVE'
  authority: string
  officer: string
  caseNumber: string
  aim: 'PREVENTION' | 'INVESTIGATION'
  /** Id of a provision in the description. */
  provisionId?: string | undefined
  receivedAt: Temporal.Instant
}

const requestFieldRefusals = [
  'deny.role',
  'authority.provision-expired',
  'authority.received-wrong',
  'input.identity-code',
] as const
const enterRefusals = [...requestFieldRefusals, 'deny.reference', 'authority.authority-off'] as const
const preparingRefusals = ['deny.role', 'not-found', 'authority.decided'] as const
const changeRefusals = [...preparingRefusals, ...requestFieldRefusals, 'authority.own', 'confirm.fresh'] as const
const dropRefusals = [...preparingRefusals, 'authority.own', 'confirm.fresh'] as const
const addRefusals = [
  ...preparingRefusals,
  'authority.no-recording',
  'authority.own',
  'authority.item-twice',
  'authority.items-many',
  'recording.destroyed',
] as const

/** Enters an authority's request, or begins a report of the controller's own (R34). */
export function enterAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  request: AuthorityRequest,
): Promise<{ id: string; number: string } | Refused<(typeof enterRefusals)[number]>> {
  const statement = sql<{
    id: string
    number: string
  }>`select id, number from save_authority(null, ${fieldsOf(request)})`
  const trace = { action: 'authority.entered', object: { kind: 'disclosure' } } as const
  return requestRow(db, session, statement, enterRefusals, trace)
}

/** Corrects a disclosure's request. A provision that has ended meanwhile may stay, but nothing can be granted under it. */
export function changeAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  request: AuthorityRequest,
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  const statement = sql`select save_authority(${id}::uuid, ${fieldsOf(request)})`
  return actOnDisclosure(db, session, id, 'authority.changed', statement, changeRefusals)
}

/**
 * Adds a call or one of its recordings; later prohibitions of the recording wait for the decision.
 * @returns the item's number
 */
export function addAuthorityItem(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { contactId, recordingId, what }: { contactId: string; recordingId?: string | undefined; what: string },
): Promise<{ item: number } | Refused<(typeof addRefusals)[number]>> {
  const statement = sql<{ item: number }>`
    select add_authority_item(${id}::uuid, ${contactId}::uuid, ${recordingId ?? null}::uuid, ${what}) as item`
  const trace = { action: 'authority.item-added', object: { kind: 'disclosure', id } } as const
  return requestRow(db, session, statement, addRefusals, trace)
}

/** Removes an item before the decision; prohibitions no longer wait for the decision. */
export function dropAuthorityItem(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  item: number,
): Promise<'done' | Refused<(typeof dropRefusals)[number]>> {
  const statement = sql`select drop_authority_item(${id}::uuid, ${item})`
  return actOnDisclosure(db, session, id, 'authority.item-dropped', statement, dropRefusals)
}

const assessRefusals = [...preparingRefusals, 'input.identity-code'] as const

/** Records the security unit's assessment. */
export function assessAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  text: string,
): Promise<'done' | Refused<(typeof assessRefusals)[number]>> {
  return actOnDisclosure(
    db,
    session,
    id,
    'authority.assessed',
    sql`select assess_authority(${id}::uuid, ${text})`,
    assessRefusals,
  )
}

function fieldsOf({ origin, authority, officer, caseNumber, aim, provisionId, receivedAt }: AuthorityRequest) {
  return sql`${origin}, ${authority}, ${officer}, ${caseNumber}, ${aim}, ${provisionId ?? null}, ${receivedAt}::timestamptz`
}
