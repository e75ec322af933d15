/**
 * Requests of callers and officials, from intake to closing (R42-R49). In: a session of the Service Unit. Out: what a request asks,
 * what has been done for it and what comes next. Never here: a decision that the database does not make as well, a look without
 * its trace, who asked in a log.
 */
import { sql, type RawBuilder } from 'kysely'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'
import { actInDatabase, rowOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'

/** Who asks, as they give themselves; erased thirty days after the request was closed. */
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
  /** OFFICIAL: the user id of who asks. */
  officialUserId?: string | undefined
}

const enterRefusals = [
  'deny.role',
  'request.received-wrong',
  'input.identity-code',
  'request.official-unknown',
] as const
const changeRefusals = [
  'deny.role',
  'not-found',
  'request.closed',
  'input.identity-code',
  'request.own',
  'confirm.fresh',
] as const

/**
 * Enters a request that has come in (R45). The same again from the same clerk within ten minutes is the one that is there.
 * @returns its id and number; `of` an identity code: the field that has it
 */
export function enterRequest(
  db: HoldingSafeguards,
  session: Session,
  asked: RequestToEnter,
): Promise<{ id: string; number: string } | Refused<(typeof enterRefusals)[number]>> {
  return rowOfDatabase(
    db,
    session,
    sql<{ id: string; number: string }>`
      select id, number from enter_request(${asked.party}, ${sorted(asked.kinds)}::text[], ${asked.channel}, ${asked.language},
        ${asked.receivedAt}::timestamptz, ${asJson(asked.requester)}, ${asked.officialUserId ?? null})`,
    enterRefusals,
    { action: 'request.entered', object: { kind: 'request' } },
  )
}

export interface RequestChange {
  kinds: readonly RequestKind[]
  language: 'fi' | 'sv' | 'en'
  requester: Requester
}

/** Corrects who asks, in which language and what for; whoever gets another name is identified anew. */
export function changeRequest(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  { kinds, language, requester }: RequestChange,
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  return actInDatabase(
    db,
    session,
    sql`select change_request(${id}::uuid, ${sorted(kinds)}::text[], ${language}, ${asJson(requester)})`,
    changeRefusals,
    { action: 'request.changed', object: { kind: 'request', id } },
  )
}

/** As text by text: what PostgreSQL has no place for is refused as everywhere else, and not as a fault of JSON. */
function asJson({ name, address, email, phone }: Requester): RawBuilder<unknown> {
  return sql`jsonb_strip_nulls(jsonb_build_object('name', ${name}::text, 'address', ${address ?? null}::text,
    'email', ${email ?? null}::text, 'phone', ${phone ?? null}::text))`
}

/** In one order, whichever way they were ticked: a form sent twice is the same. */
function sorted(kinds: readonly RequestKind[]): RequestKind[] {
  return [...kinds].sort()
}
