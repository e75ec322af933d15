/**
 * The ledger replayed on a restored register (R52): what ended after the backup ends in it too. In: the ledger's entries
 * after the backup's, the database's owner. Out: how many of each were ended. Again without harm. Never here: an end that
 * the ledger does not name, a key from which something living hangs.
 *
 * The guards that keep records from an early end and revocations from being undone are off within this transaction: only
 * the tables' owner can turn them off, and no process of Seloste is that.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type HoldingSafeguards, type SafeguardTables } from '../tables.ts'
import { openEntries } from './ledger-content.ts'
import type { CopiedEntry } from './read-ledger-copy.ts'
import { disclosureTables, replayDisclosures, type LentItem, type ReplayedDisclosures } from './replay-disclosures.ts'

export interface Replaying {
  db: HoldingSafeguards
  objects: Pick<ObjectStore, 'delete'>
  /** The objects of a recording. */
  objectsOf: (recordingId: string) => readonly string[]
  keys: Pick<KeyStore, 'has' | 'destroy'>
  /** What ties the items of disclosures that are out to their recordings, as the keyring has it. */
  lent?: readonly LentItem[]
}

export interface Replayed extends ReplayedDisclosures {
  recordings: number
  contacts: number
  rights: number
  credentials: number
  links: number
  scimTokens: number
  employments: number
  consents: number
  workstations: number
  /** Orders put in force again, moved or ended. */
  holds: number
  /** Prohibitions that wait for the end of their recording again. */
  prohibitions: number
  /** Calls whose recordings a request restricts again. */
  restrictions: number
  /** Inspections and authorities' requests for recordings that are open again: prohibitions wait for them. */
  cases: number
  /** Parts of calls that are another official's again, as a correction has it. */
  corrections: number
  /** Numbers of requests that were entered after the backup and were open: nothing of them is here. */
  lostRequests: string[]
  /** Requests whose personal data were erased again. */
  requests: number
  keys: number
  /** Versions of month keys that the ledger says are destroyed and that this restored keyring still needs: renew them. */
  keysToRenew: string[]
}

type Tx = Transaction<SafeguardTables>

/** Their own guards and triggers would be in the way, or would append what was appended. */
const guarded = [
  'recording',
  'contact',
  'segment',
  'prohibition',
  'access_right',
  'passkey',
  'totp',
  'recovery_code',
  'provider_subject',
  'person',
  'one_time_link',
  'scim_token',
  'subject_request',
  'request_call',
  'person_recording_consent',
  'workstation',
  'inspection',
  'inspection_recording',
  'authority_request',
  ...disclosureTables,
] as const

/** @param since the entries up to this number are in the backup already */
export async function replayLedger(
  replaying: Replaying,
  entries: readonly CopiedEntry[],
  since: number,
): Promise<Replayed> {
  const db = safeguardsOf(replaying.db)
  const ended = await openEntries(
    db,
    entries.filter(({ number }) => number > since),
  )
  const recordings = ended.filter(({ entry }) => entry.kind === 'recording').map(({ entry }) => entry.id ?? '')
  for (const id of recordings) for (const key of replaying.objectsOf(id)) await replaying.objects.delete(key)
  const rows = sql`jsonb_to_recordset(${JSON.stringify(ended.map(({ number, entry }) => ({ ...entry, number })))}::jsonb)
    as e (number bigint, at timestamptz, kind text, id uuid, name text, cause text, detail jsonb)`
  const replayed = await db.transaction().execute(async (tx) => {
    for (const table of guarded) await sql`alter table ${sql.table(table)} disable trigger user`.execute(tx)
    const holds = await replayHolds(tx, ended)
    const forbidden = await replayProhibitions(tx, ended)
    const restricted = await replayRestrictions(tx, ended)
    const cases = await replayCases(tx, ended, new Set(recordings))
    const closed = await replayClosings(tx, rows)
    const done = {
      recordings: await replayRecordings(tx, rows),
      contacts: await purgeHistory(tx),
      ...(await replayRevocations(tx, rows)),
      employments: await replayEmployments(tx, rows),
      consents: await replayConsents(tx, ended),
      workstations: await count(
        tx,
        sql`update workstation w set ended_at = e.at from ${rows}
          where e.kind = 'workstation' and w.id = e.id and w.ended_at is null`,
      ),
      holds: holds.length,
      prohibitions: forbidden.length,
      restrictions: restricted.length,
      cases: cases.open,
      requests: await replayErasures(tx, rows),
      ...(await replayDisclosures(tx, ended, replaying.lent ?? [])),
      lostRequests: await lostRequestsOf(tx, rows),
    }
    await passNumbers(tx, rows)
    await sql`update session set ended_at = now() where ended_at is null`.execute(tx)
    for (const table of guarded) await sql`alter table ${sql.table(table)} enable trigger user`.execute(tx)
    await sql`select mend_recorded_parts()`.execute(tx)
    const corrections = await replayCorrections(tx, ended)
    for (const contact of new Set([...holds, ...restricted, ...closed]))
      await sql`select settle_contact(${contact}::uuid)`.execute(tx)
    for (const recording of new Set([...forbidden, ...cases.recordings]))
      await sql`select settle_recording(${recording}::uuid)`.execute(tx)
    return { ...done, corrections }
  })
  return { ...replayed, ...(await destroyKeys(db, replaying.keys, ended)) }
}

async function replayRecordings(tx: Tx, rows: RawBuilder<unknown>): Promise<number> {
  await sql`delete from recording_key k using ${rows} where e.kind = 'recording' and k.recording_id = e.id`.execute(tx)
  await sql`
    update prohibition p set executed_at = e.at from ${rows}
    where e.kind = 'recording' and p.recording_id = e.id and p.executed_at is null`.execute(tx)
  return count(
    tx,
    sql`update recording r set state = 'DESTROYED', cause = e.cause, destroyed_at = e.at, sha256 = null from ${rows}
      where e.kind = 'recording' and r.id = e.id and r.state <> 'DESTROYED'`,
  )
}

/** History is ended by its term alone: what is past it goes, whether the ledger has its month or not. */
async function purgeHistory(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    delete from contact where coalesce(history_ends_at, started_at + interval '14 months 1 day') <= destruction_now()
      and not history_is_held(id) returning id`.execute(tx)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  // As the sweep ends it: a recording that is not destroyed has an order that keeps it, or goes by its own term.
  await sql`
    delete from listening l using recording r
    where l.recording_id = r.id and r.contact_id = any (${ids}::uuid[]) and r.state = 'DESTROYED'`.execute(tx)
  await sql`delete from recording where contact_id = any (${ids}::uuid[]) and state = 'DESTROYED'`.execute(tx)
  for (const table of ['segment', 'call_identity']) {
    await sql`delete from ${sql.table(table)} where contact_id = any (${ids}::uuid[])`.execute(tx)
  }
  return ids.length
}

async function replayRevocations(
  tx: Tx,
  rows: RawBuilder<unknown>,
): Promise<Pick<Replayed, 'rights' | 'credentials' | 'links' | 'scimTokens'>> {
  const rights =
    (await count(
      tx,
      sql`update access_right r set revoked_at = e.at, revoke_cause = coalesce(e.detail ->> 'how', 'employment') from ${rows}
        where e.kind = 'right' and e.cause = 'revoked' and r.id = e.id and r.revoked_at is null`,
    )) +
    (await count(
      tx,
      sql`update access_right r set valid_to = (e.detail ->> 'until')::timestamptz from ${rows}
        where e.kind = 'right' and e.cause = 'shortened' and r.id = e.id
          and coalesce(r.valid_to, 'infinity') > (e.detail ->> 'until')::timestamptz`,
    ))
  const of = (credential: string) => sql`e.kind = 'credential' and e.detail ->> 'credential' = ${sql.lit(credential)}`
  const credentials =
    (await count(tx, sql`delete from passkey k using ${rows} where ${of('passkey')} and k.id = e.id`)) +
    (await count(tx, sql`delete from totp t using ${rows} where ${of('totp')} and t.id = e.id`)) +
    (await count(
      tx,
      sql`delete from recovery_code c using ${rows} where ${of('recovery-codes')} and c.person_id = e.id`,
    )) +
    (await count(
      tx,
      sql`delete from provider_subject s using ${rows}
        where ${of('identity-provider')} and s.person_id = e.id and s.bound_at <= e.at`,
    )) +
    // Whoever changed their password after the backup sets it anew, by a link.
    (await count(
      tx,
      sql`update person p set password_salt = null, password_check = null from ${rows}
        where ${of('password')} and p.id = e.id and p.password_check is not null
          and coalesce(p.password_set_at, '-infinity') < coalesce((e.detail ->> 'setAt')::timestamptz, e.at)`,
    ))
  const links =
    (await count(
      tx,
      sql`update one_time_link l set used_at = e.at from ${rows}
        where e.kind = 'link' and e.cause = 'used' and l.id = e.id and l.used_at is null`,
    )) +
    (await count(
      tx,
      sql`delete from one_time_link l using ${rows}
        where e.kind = 'link' and e.cause = 'voided' and l.id = e.id and l.used_at is null`,
    ))
  const scimTokens = await count(
    tx,
    sql`update scim_token t set revoked_at = e.at from ${rows}
      where e.kind = 'scim-token' and t.id = e.id and t.revoked_at is null`,
  )
  return { rights, credentials, links, scimTokens }
}

/** The last word about a person holds; one that says that they stay on changes nothing here. */
async function replayEmployments(tx: Tx, rows: RawBuilder<unknown>): Promise<number> {
  return count(
    tx,
    sql`
    with last as (
      select distinct on (e.id) e.id, e.cause, case e.cause when 'removed' then e.at else (e.detail ->> 'until')::timestamptz end as ends
      from ${rows} where e.kind = 'employment' order by e.id, e.number desc
    )
    update person p set employed_to = greatest(p.employed_from, last.ends) from last
    where p.id = last.id and last.cause <> 'resumed' and coalesce(p.employed_to, 'infinity') > greatest(p.employed_from, last.ends)`,
  )
}

/**
 * Requests that were closed and erased after the backup. One that the backup has as open was closed meanwhile: it is closed
 * here too, so that nobody serves a request of which nothing is left.
 */
async function replayErasures(tx: Tx, rows: RawBuilder<unknown>): Promise<number> {
  const erased = await sql<{ id: string }>`
    update subject_request q set erased_at = e.at, closed_at = coalesce(q.closed_at, (e.detail ->> 'closedAt')::timestamptz),
      outcome = coalesce(q.outcome, e.detail ->> 'outcome')
    from ${rows} where e.kind = 'request' and q.id = e.id and q.erased_at is null returning q.id`.execute(tx)
  for (const { id } of erased.rows) await sql`select forget_requester(${id}::uuid)`.execute(tx)
  return erased.rows.length
}

interface HoldDetail {
  contact?: string
  startedAt?: string
  covers?: string
  from?: string
  until?: string
  enteredBy?: string
}

/** In the order of the ledger. What the order says was not kept here: it is entered again from the order itself. */
async function replayHolds(tx: Tx, entries: readonly CopiedEntry[]): Promise<string[]> {
  const contacts: string[] = []
  for (const { entry } of entries) {
    const { id, at, cause } = entry
    const detail = entry.detail as HoldDetail
    const { contact, startedAt, covers, from, until, enteredBy } = detail
    if (entry.kind !== 'hold' || id === null || contact === undefined || enteredBy === undefined) continue
    contacts.push(contact)
    if (cause === 'ended') {
      await sql`update preservation_order set ended_at = ${at}::timestamptz where id = ${id}::uuid and ended_at is null`.execute(
        tx,
      )
      continue
    }
    await haveWhoEntered(tx, enteredBy, at)
    await sql`
      insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
      values (${id}::uuid, ${contact}::uuid, ${startedAt}::timestamptz, ${covers}, ${restored}, ${restored}, ${restored}, ${restored},
        ${from}::timestamptz, ${until}::timestamptz, ${enteredBy}::uuid)
      on conflict (id) do update set until = excluded.until where preservation_order.ended_at is null`.execute(tx)
  }
  return contacts
}

/** Somebody who came after the backup: nobody signs in by this, and the directory enters them again. */
async function haveWhoEntered(tx: Tx, person: string, at: string): Promise<void> {
  await sql`
    insert into person (id, user_id, employed_from, employed_to)
    values (${person}::uuid, ${`restored.${person}`}, ${at}::timestamptz, ${at}::timestamptz) on conflict do nothing`.execute(
    tx,
  )
}

interface ForbiddenDetail {
  recording: string
  party: string
  channel: string
  receivedAt: string
  enteredBy: string
}

/**
 * What was forbidden after the backup and had not come to its end, as while an order or an inspection holds it: without it the recording
 * would be heard. @returns recordings that are there
 */
async function replayProhibitions(tx: Tx, entries: readonly CopiedEntry[]): Promise<string[]> {
  const recordings: string[] = []
  for (const { entry } of entries) {
    if (entry.kind !== 'prohibition' || entry.id === null) continue
    const { recording, party, channel, receivedAt, enteredBy } = entry.detail as ForbiddenDetail
    const { rows } = await sql`select from recording where id = ${recording}::uuid and state <> 'DESTROYED'`.execute(tx)
    if (rows.length === 0) continue
    await haveWhoEntered(tx, enteredBy, entry.at)
    const entered = await count(
      tx,
      sql`insert into prohibition (id, recording_id, party, channel, received_at, entered_by)
        values (${entry.id}::uuid, ${recording}::uuid, ${party}, ${channel}, ${receivedAt}::timestamptz, ${enteredBy}::uuid) on conflict do nothing`,
    )
    if (entered > 0) recordings.push(recording)
  }
  return recordings
}

interface RequestedCall {
  contact: string
  number?: string
  party?: string
  segment?: string
  kinds?: string[]
  channel?: string
  language?: string
  receivedAt?: string
  dueAt?: string
  enteredBy?: string
}

/**
 * Requests that restrict recordings since after the backup: without them the recordings would be heard (GDPR 18).
 * @returns calls that are restricted again
 */
async function replayRestrictions(tx: Tx, entries: readonly CopiedEntry[]): Promise<string[]> {
  const last = new Map<string, CopiedEntry>()
  for (const one of entries) {
    const { contact } = one.entry.detail as RequestedCall
    if (one.entry.kind === 'restriction') last.set(`${one.entry.id} ${contact}`, one)
  }
  const contacts: string[] = []
  for (const one of last.values()) {
    const { id, cause, detail } = one.entry
    if (cause !== 'entered' || id === null) continue
    const { entered } = await haveRequestedCall(tx, id, one, entries)
    if (entered) contacts.push((detail as RequestedCall).contact)
  }
  return contacts
}

/** Consents that were withdrawn after the backup. One that was given again after that is not known here, and calls are not recorded under it. */
async function replayConsents(tx: Tx, entries: readonly CopiedEntry[]): Promise<number> {
  let withdrawn = 0
  for (const { entry } of entries) {
    if (entry.kind !== 'consent') continue
    const { until } = entry.detail as { until: string }
    withdrawn += await count(
      tx,
      sql`delete from person_recording_consent where person_id = ${entry.id}::uuid and valid_from >= ${until}::timestamptz`,
    )
    withdrawn += await count(
      tx,
      sql`update person_recording_consent set valid_to = ${until}::timestamptz
        where person_id = ${entry.id}::uuid and valid_from < ${until}::timestamptz and coalesce(valid_to, 'infinity') > ${until}::timestamptz`,
    )
  }
  return withdrawn
}

/**
 * A request with a call that is shown to be the requester's. One that the backup does not have is open again, without who asks: the
 * Service Unit enters and identifies them anew. One that is closed stays so.
 */
async function haveRequestedCall(
  tx: Tx,
  request: string,
  { number: place, entry: { at, detail } }: CopiedEntry,
  entries: readonly CopiedEntry[],
): Promise<{ isOpen: boolean; entered: boolean }> {
  const { contact, number, party, segment, kinds, channel, language, receivedAt, dueAt, enteredBy } =
    detail as RequestedCall
  const { rows } = await sql<{ official: string | null }>`
    select (select s.official_person_id from segment s where s.contact_id = c.id and s.id = ${segment ?? null}::uuid) as official
    from contact c where c.id = ${contact}::uuid`.execute(tx)
  // Whose part it was when they asked, as corrections before it in the ledger have it.
  const before = entries.findLast(
    (one) =>
      one.number < place &&
      one.entry.kind === 'correction' &&
      (one.entry.detail as { segment?: string }).segment === segment,
  )
  const official = (before?.entry.detail as { official?: string } | undefined)?.official ?? rows[0]?.official ?? null
  if (official !== null) await haveWhoEntered(tx, official, at)
  if (!rows[0] || enteredBy === undefined || (party === 'OFFICIAL' && official === null))
    return { isOpen: false, entered: false }
  await haveWhoEntered(tx, enteredBy, at)
  const { rows: open } = await sql`
    insert into subject_request as q (id, number, party, kinds, channel, language, received_at, due_at, entered_by, official_id)
    values (${request}::uuid, ${number}, ${party}, ${kinds}::text[], ${channel}, ${language}, ${receivedAt}::timestamptz,
      ${dueAt}::timestamptz, ${enteredBy}::uuid, ${official}::uuid)
    on conflict (id) do update set kinds = array(select distinct k from unnest(q.kinds || excluded.kinds) k) where q.closed_at is null
    returning id`.execute(tx)
  if (open.length === 0) return { isOpen: false, entered: false }
  await sql`
    insert into subject_requester (request_id, name) values (${request}::uuid, 'RESTORED: see the request') on conflict do nothing`.execute(
    tx,
  )
  const entered = await count(
    tx,
    sql`
      insert into request_call as k (request_id, ordinal, state, told, contact_id, contact_started_at, looked_by, verified_how, verified_at, verified_by)
      select ${request}::uuid, (select coalesce(max(o.ordinal), 0) + 1 from request_call o where o.request_id = ${request}::uuid), 'MATCHED',
        jsonb_build_object('day', to_char(c.started_at at time zone 'Europe/Helsinki', 'YYYY-MM-DD'),
          'time', to_char(c.started_at at time zone 'Europe/Helsinki', 'HH24:MI'), 'accuracy', 'MINUTES'),
        c.id, c.started_at, ${enteredBy}::uuid, 'DETAILS', ${at}::timestamptz, ${enteredBy}::uuid
      from contact c where c.id = ${contact}::uuid
      on conflict (request_id, contact_id) where contact_id is not null do update set state = 'MATCHED',
        verified_how = excluded.verified_how, verified_at = excluded.verified_at, verified_by = excluded.verified_by
      where k.state <> 'MATCHED'`,
  )
  return { isOpen: true, entered: entered > 0 }
}

interface CaseDetail extends RequestedCall {
  recording: string
  receivedAt: string
  enteredBy: string
  request?: string
  openedBy: string
  disclosure?: string
  origin: string
  aim: string
  provision?: string
  item: number
  what: string
  closedAt: string
  outcome?: string
}

/**
 * What prohibitions wait for, as it was when the machine was lost: without a case of the day the recording would be destroyed before
 * it was heard or given. @returns how many are open again; recordings that may have been waited for, to be settled
 */
async function replayCases(
  tx: Tx,
  entries: readonly CopiedEntry[],
  destroyed: ReadonlySet<string>,
): Promise<{ open: number; recordings: string[] }> {
  const ours = entries.filter(({ entry }) => entry.kind === 'case')
  const closed = ours.filter(({ entry }) => entry.cause === 'closed')
  const isClosed = new Set(closed.map(({ entry }) => entry.id))
  const recordings: string[] = []
  const open = new Set<string>()
  for (const { entry } of closed) {
    const { closedAt, outcome = null } = entry.detail as CaseDetail
    const { rows } = await sql<{ id: string }>`
      with heard as (
        update inspection set closed_at = ${closedAt}::timestamptz, outcome = ${outcome}
        where id = ${entry.id}::uuid and closed_at is null returning id
      ), given as (
        update authority_request set closed_at = ${closedAt}::timestamptz
        where id = ${entry.id}::uuid and closed_at is null returning recording_id as id
      )
      select r.recording_id as id from heard h join inspection_recording r on r.inspection_id = h.id union select id from given`.execute(
      tx,
    )
    recordings.push(...rows.map(({ id }) => id))
  }
  for (const one of ours) {
    const { id, at, cause } = one.entry
    const detail = one.entry.detail as CaseDetail
    if (cause !== 'entered' || id === null || isClosed.has(id) || destroyed.has(detail.recording)) continue
    const { rows } =
      await sql`select from recording where id = ${detail.recording}::uuid and state <> 'DESTROYED'`.execute(tx)
    if (rows.length === 0) continue
    const isOpen =
      detail.request === undefined
        ? await askForAuthority(tx, id, at, detail)
        : (await haveRequestedCall(tx, detail.request, one, entries)).isOpen && (await inspectAgain(tx, id, at, detail))
    if (!isOpen) continue
    open.add(id)
    recordings.push(detail.recording)
  }
  return { open: open.size, recordings }
}

async function inspectAgain(tx: Tx, id: string, at: string, detail: CaseDetail): Promise<boolean> {
  await haveWhoEntered(tx, detail.openedBy, at)
  await sql`
    insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by, request_id)
    select ${id}::uuid, ${detail.number}, ${detail.party}, c.id, c.started_at, ${detail.receivedAt}::timestamptz, ${at}::timestamptz,
      ${detail.openedBy}::uuid, ${detail.request}::uuid
    from contact c where c.id = ${detail.contact}::uuid on conflict do nothing`.execute(tx)
  const entered = await count(
    tx,
    sql`insert into inspection_recording (inspection_id, recording_id) values (${id}::uuid, ${detail.recording}::uuid) on conflict do nothing`,
  )
  return entered > 0
}

/** A disclosure that the backup does not have is in preparation again, with the recordings that were asked for and none of its words. */
async function askForAuthority(tx: Tx, id: string, at: string, detail: CaseDetail): Promise<boolean> {
  const { recording, receivedAt, disclosure, number, origin, aim, provision, enteredBy, item, what } = detail
  if (disclosure !== undefined) {
    await haveWhoEntered(tx, enteredBy, at)
    const words = 'RESTORED: see the request'
    await sql`
      insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by)
      values (${disclosure}::uuid, ${number}, ${origin}, ${words}, ${words}, ${words}, ${aim}, ${provision ?? null}, ${receivedAt}::timestamptz,
        ${enteredBy}::uuid) on conflict do nothing`.execute(tx)
    await sql`
      insert into authority_item (disclosure_id, item, contact_id, contact_started_at, recording_id, what, added_by)
      select d.id, ${item}, r.contact_id, r.contact_started_at, r.id, ${what}, ${enteredBy}::uuid
      from recording r, authority_disclosure d where r.id = ${recording}::uuid and d.id = ${disclosure}::uuid
      on conflict do nothing`.execute(tx)
  }
  const entered = await count(
    tx,
    sql`insert into authority_request (id, recording_id, received_at, disclosure_id)
      values (${id}::uuid, ${recording}::uuid, ${receivedAt}::timestamptz, ${disclosure ?? null}::uuid)
      on conflict (id) do update set received_at = excluded.received_at where authority_request.closed_at is null`,
  )
  return entered > 0
}

/**
 * Corrections that were approved after the backup: without them the official before would see and hear the call again. In the order of the
 * ledger, with the tables' own triggers, as search and evaluations follow whose call it is.
 */
async function replayCorrections(tx: Tx, entries: readonly CopiedEntry[]): Promise<number> {
  let corrected = 0
  // The guard asks for the decision of a call that is over, which the backup may not have.
  await sql`alter table segment disable trigger segment_guard`.execute(tx)
  for (const { entry } of entries) {
    if (entry.kind !== 'correction') continue
    const { segment, startedAt, official, unit, request, proposedBy } = entry.detail as Record<string, string>
    if (segment === undefined || startedAt === undefined || official === undefined) continue
    await haveWhoEntered(tx, official, entry.at)
    if (proposedBy !== undefined) {
      // Who had the call before stays known: what they restricted is restricted (was_answered_by). Where the backup does not have the
      // request that led to it, it is noted under theirs.
      await haveWhoEntered(tx, proposedBy, entry.at)
      await haveWhoEntered(tx, entry.done_by, entry.at)
      await sql`
        insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
          becomes_unit_id, proposed_at, proposed_by, decided_at, decided_by, outcome)
        select ${entry.id}::uuid, q.id, s.id, s.contact_id, s.contact_started_at, s.official_person_id, s.official_unit_id, ${official}::uuid,
          ${unit ?? null}::uuid, ${entry.at}::timestamptz, ${proposedBy}::uuid, ${entry.at}::timestamptz, ${entry.done_by}::uuid, 'APPROVED'
        from segment s join lateral (
          select q.id from subject_request q left join request_call k on k.request_id = q.id and k.contact_id = s.contact_id
          where q.id = ${request}::uuid or k.state = 'MATCHED' and q.official_id = s.official_person_id
          order by q.id = ${request}::uuid desc limit 1) q on true
        where s.id = ${segment}::uuid and s.contact_started_at = ${startedAt}::timestamptz and s.official_person_id is distinct from ${official}::uuid
        on conflict (id) do update set decided_at = excluded.decided_at, decided_by = excluded.decided_by, outcome = excluded.outcome`.execute(
        tx,
      )
    }
    corrected += await count(
      tx,
      sql`
        update segment s set official_person_id = ${official}::uuid, official_unit_id = ${unit ?? null}::uuid,
          official_name = coalesce(name_at(${official}::uuid, s.answered_at), 'RESTORED: see the correction'),
          official_phone = phone_at(${official}::uuid, s.answered_at, s.official_phone)
        where s.id = ${segment}::uuid and s.contact_started_at = ${startedAt}::timestamptz
          and s.official_person_id is distinct from ${official}::uuid`,
    )
  }
  await sql`alter table segment enable trigger segment_guard`.execute(tx)
  return corrected
}

/** @returns contacts of requests that were closed after the backup: their recordings may be restricted no longer */
async function replayClosings(tx: Tx, rows: RawBuilder<unknown>): Promise<string[]> {
  const closed = await sql<{ id: string }>`
    update subject_request q set closed_at = (e.detail ->> 'closedAt')::timestamptz, outcome = e.detail ->> 'outcome'
    from ${rows} where e.kind = 'open-request' and e.cause = 'closed' and q.id = e.id and q.closed_at is null returning q.id`.execute(
    tx,
  )
  const calls = await sql<{ contact: string }>`
    select distinct contact_id as contact from request_call
    where request_id = any (${closed.rows.map(({ id }) => id)}::uuid[]) and contact_id is not null`.execute(tx)
  return calls.rows.map(({ contact }) => contact)
}

/** Numbers of requests and disclosures go on well after those of the ledger: one of a year that the backup has none of is not given twice. */
async function passNumbers(tx: Tx, rows: RawBuilder<unknown>): Promise<void> {
  const told = sql`(
    select split_part(e.detail ->> 'number', '-', 1) as series, split_part(e.detail ->> 'number', '-', 2)::integer as year,
      max(split_part(e.detail ->> 'number', '-', 3)::integer) + 1000 as last
    from ${rows} where e.detail ->> 'number' ~ '^[PTV]-[0-9]{4}-[0-9]{1,7}$' group by 1, 2) t`
  await sql`
    insert into request_number as n (year, last) select year, last from ${told} where series = 'P'
    on conflict (year) do update set last = greatest(n.last, excluded.last)`.execute(tx)
  await sql`
    insert into disclosure_number as n (series, year, last) select series, year, last from ${told} where series <> 'P'
    on conflict (series, year) do update set last = greatest(n.last, excluded.last)`.execute(tx)
}

async function lostRequestsOf(tx: Tx, rows: RawBuilder<unknown>): Promise<string[]> {
  const lost = await sql<{ number: string }>`
    with told as (select e.id, e.cause, e.detail ->> 'number' as number from ${rows} where e.kind = 'open-request')
    select t.number from told t where t.cause = 'entered' and not exists (select from subject_request q where q.id = t.id)
      and not exists (select from authority_disclosure d where d.id = t.id)
      and not exists (select from told c where c.id = t.id and c.cause = 'closed')
    order by t.number`.execute(tx)
  return lost.rows.map(({ number }) => number)
}

/** Stands where the order's words stood. */
const restored = 'RESTORED: see the order'

/** Keys that the ledger says are destroyed, and that nothing hangs from. */
async function destroyKeys(
  db: ReturnType<typeof safeguardsOf>,
  keys: Replaying['keys'],
  entries: readonly CopiedEntry[],
): Promise<Pick<Replayed, 'keys' | 'keysToRenew'>> {
  const keysToRenew: string[] = []
  let destroyed = 0
  for (const { entry } of entries) {
    const { kind, name } = entry
    if ((kind !== 'month-key' && kind !== 'intake-key') || name === null) continue
    const key = kind === 'intake-key' ? `intake-${name}` : name
    if (!(await keys.has(key))) continue
    const [, month, version] = /^month-(\d{4}-\d{2})[.]v(\d+)$/.exec(key) ?? []
    if (month !== undefined) {
      const { rows } = await sql`
        select from shard_key where expiry_month = ${`${month}-01`}::date and month_key_version = ${Number(version)} limit 1`.execute(
        db,
      )
      if (rows.length > 0) {
        keysToRenew.push(key)
        continue
      }
    }
    await keys.destroy(key)
    destroyed += 1
  }
  return { keys: destroyed, keysToRenew }
}

async function count(tx: Tx, statement: RawBuilder<unknown>): Promise<number> {
  return Number((await statement.execute(tx)).numAffectedRows ?? 0)
}
