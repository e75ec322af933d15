import { sql } from 'kysely'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'

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
const preparingRefusals = ['deny.role', 'not-found', 'authority.decided'] as const

/** Enters an authority's request, or begins a report of the controller's own (R34). */
export const enterAuthority = databaseRow((request: AuthorityRequest) => ({
  statement: sql<{
    id: string
    number: string
  }>`select id, number from save_authority(null, ${fieldsOf(request)})`,
  refusals: [...requestFieldRefusals, 'deny.reference', 'authority.authority-off'],
  action: 'authority.entered',
  object: { kind: 'disclosure' },
}))

/** Corrects a disclosure's request. A provision that has ended meanwhile may stay, but nothing can be granted under it. */
export const changeAuthority = databaseAct((id: string, request: AuthorityRequest) => ({
  statement: sql`select save_authority(${id}::uuid, ${fieldsOf(request)})`,
  refusals: [...preparingRefusals, ...requestFieldRefusals, 'authority.own', 'confirm.fresh'],
  action: 'authority.changed',
  object: { kind: 'disclosure', id },
}))

/**
 * Adds a call or one of its recordings; later prohibitions of the recording wait for the decision.
 * @returns the item's number
 */
export const addAuthorityItem = databaseRow(
  (
    id: string,
    { contactId, recordingId, what }: { contactId: string; recordingId?: string | undefined; what: string },
  ) => ({
    statement: sql<{ item: number }>`
      select add_authority_item(${id}::uuid, ${contactId}::uuid, ${recordingId ?? null}::uuid, ${what}) as item`,
    refusals: [
      ...preparingRefusals,
      'authority.no-recording',
      'authority.own',
      'authority.item-twice',
      'authority.items-many',
      'recording.destroyed',
    ],
    action: 'authority.item-added',
    object: { kind: 'disclosure', id },
  }),
)

/** Removes an item before the decision; prohibitions no longer wait for the decision. */
export const dropAuthorityItem = databaseAct((id: string, item: number) => ({
  statement: sql`select drop_authority_item(${id}::uuid, ${item})`,
  refusals: [...preparingRefusals, 'authority.own', 'confirm.fresh'],
  action: 'authority.item-dropped',
  object: { kind: 'disclosure', id },
}))

/** Records the security unit's assessment. */
export const assessAuthority = databaseAct((id: string, text: string) => ({
  statement: sql`select assess_authority(${id}::uuid, ${text})`,
  refusals: [...preparingRefusals, 'input.identity-code'],
  action: 'authority.assessed',
  object: { kind: 'disclosure', id },
}))

function fieldsOf({ origin, authority, officer, caseNumber, aim, provisionId, receivedAt }: AuthorityRequest) {
  return sql`${origin}, ${authority}, ${officer}, ${caseNumber}, ${aim}, ${provisionId ?? null}, ${receivedAt}::timestamptz`
}
