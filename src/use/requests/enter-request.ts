/**
 * Requests of callers and officials, from intake to closing (R42-R49), for the Service Unit. The database checks every act
 * too, every view is logged, and the log never names the requester.
 */
import { type RawBuilder, sql } from 'kysely'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'

/** The requester's details as given; erased thirty days after the request was closed. */
export interface Requester {
  name: string
  address?: string
  email?: string
  phone?: string
}

export interface RequestToEnter {
  party: RequestParty
  kinds: readonly RequestKind[]
  channel: 'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL'
  language: 'fi' | 'sv' | 'en'
  receivedAt: Temporal.Instant
  requester: Requester
  /** OFFICIAL: user id of the requester. */
  officialUserId?: string | undefined
}

/**
 * Enters a received request (R45). Idempotent: the same request from the same clerk within ten minutes returns the existing
 * request.
 * @returns its id and number. The refusal `input.identity-code` names in `of` the field that contains an identity code.
 */
export const enterRequest = databaseRow((request: RequestToEnter) => ({
  statement: sql<{ id: string; number: string }>`
    select id, number from enter_request(${request.party}, ${sorted(request.kinds)}::text[], ${request.channel}, ${request.language},
      ${request.receivedAt}::timestamptz, ${asJson(request.requester)}, ${request.officialUserId ?? null})`,
  refusals: ['deny.role', 'request.received-wrong', 'input.identity-code', 'request.official-unknown'],
  action: 'request.entered',
  object: { kind: 'request' },
}))

export interface RequestChange {
  kinds: readonly RequestKind[]
  language: 'fi' | 'sv' | 'en'
  requester: Requester
}

/** Corrects the requester, the language and the kinds of a request; a changed name requires new identification. */
export const changeRequest = databaseAct((id: string, { kinds, language, requester }: RequestChange) => ({
  statement: sql`select change_request(${id}::uuid, ${sorted(kinds)}::text[], ${language}, ${asJson(requester)})`,
  refusals: ['deny.role', 'not-found', 'request.closed', 'input.identity-code', 'request.own', 'confirm.fresh'],
  action: 'request.changed',
  object: { kind: 'request', id },
}))

/** Passes each member as text: characters that PostgreSQL cannot store are refused as everywhere else, not as a JSON fault. */
function asJson({ name, address, email, phone }: Requester): RawBuilder<unknown> {
  return sql`jsonb_strip_nulls(jsonb_build_object('name', ${name}::text, 'address', ${address ?? null}::text,
    'email', ${email ?? null}::text, 'phone', ${phone ?? null}::text))`
}

/** Sorts the kinds, so that a form sent twice is equal. */
function sorted(kinds: readonly RequestKind[]): RequestKind[] {
  return [...kinds].sort()
}
