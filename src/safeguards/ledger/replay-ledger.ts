/**
 * Replays the ledger on a restored register (R52): ends in the register what ended after the backup. Idempotent. Ends nothing
 * that the ledger does not name, and destroys no key that a remaining recording needs.
 * The guards against early ends and undone revocations are off within this transaction: only the tables' owner can turn them
 * off, and no process of Seloste connects as the owner.
 */
import { sql, type RawBuilder } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { resolveContents } from './ledger-content.ts'
import type { CopiedEntry } from './read-ledger-copy.ts'
import {
  replayDisclosures,
  type DisclosedItemLink,
  type ReplayedDisclosures,
  disclosureTables,
} from './replay-disclosures.ts'
import { replayRequests, type ReplayedRequests, requestTables } from './replay-requests.ts'
import { count, ensurePerson } from './replay-step.ts'

export interface Replaying {
  db: SafeguardsDatabase
  objects: Pick<ObjectStore, 'delete'>
  /** Returns the objects of a recording. */
  objectsOf: (recordingId: string) => readonly string[]
  keys: Pick<KeyStore, 'has' | 'destroy'>
  /** Links between disclosed items and their recordings, from the keyring. */
  lent?: readonly DisclosedItemLink[]
}

export interface Replayed extends ReplayedRequests, ReplayedDisclosures {
  recordings: number
  contacts: number
  rights: number
  credentials: number
  links: number
  scimTokens: number
  employments: number
  consents: number
  workstations: number
  /** Orders restored, extended or ended. */
  holds: number
  /** Prohibitions that wait for their recording's end again. */
  prohibitions: number
  keys: number
  /** Versions of month keys that the ledger reports as destroyed and that this restored keyring still needs: renew them. */
  keysToRenew: string[]
}

const userTriggers = sql`user`

/**
 * Triggers that would refuse the replay or append existing entries again. Of a segment's
 * triggers only the guard is off, because it requires the decision on an ended call, which the backup may lack. The others run:
 * search and evaluations follow the call's official.
 */
const disabledTriggers: readonly (readonly [table: string, triggers: RawBuilder<unknown>])[] = [
  ['segment', sql`segment_guard`],
  ...[
    'recording',
    'contact',
    'prohibition',
    'access_right',
    'passkey',
    'totp',
    'recovery_code',
    'provider_subject',
    'person',
    'one_time_link',
    'scim_token',
    'person_recording_consent',
    'workstation',
    ...requestTables,
    ...disclosureTables,
  ].map((table) => [table, userTriggers] as const),
]

/** @param since number of the last entry in the backup */
export async function replayLedger(
  replaying: Replaying,
  entries: readonly CopiedEntry[],
  since: number,
): Promise<Replayed> {
  const db = safeguardsOf(replaying.db)
  const ended = await resolveContents(
    db,
    entries.filter(({ number }) => number > since),
  )
  const recordings = ended.filter(({ entry }) => entry.kind === 'recording').map(({ entry }) => entry.id ?? '')
  for (const id of recordings) for (const key of replaying.objectsOf(id)) await replaying.objects.delete(key)
  const rows = sql`jsonb_to_recordset(${JSON.stringify(ended.map(({ number, entry }) => ({ ...entry, number })))}::jsonb)
    as e (number bigint, at timestamptz, kind text, id uuid, name text, cause text, detail jsonb)`
  const replayed = await db.transaction().execute(async (tx) => {
    for (const [table, guard] of disabledTriggers)
      await sql`alter table ${sql.table(table)} disable trigger ${guard}`.execute(tx)
    const holds = await replayHolds(tx, ended)
    const forbidden = await replayProhibitions(tx, ended)
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
    }
    await sql`select rebuild_recorded_parts()`.execute(tx)
    const { touched, ...requests } = await replayRequests(tx, ended)
    const disclosures = await replayDisclosures(tx, ended, replaying.lent ?? [])
    await skipNumbers(tx, rows)
    await sql`update session s set ended_at = now() where session_holds(s)`.execute(tx)
    for (const [table, guard] of disabledTriggers)
      await sql`alter table ${sql.table(table)} enable trigger ${guard}`.execute(tx)
    for (const contact of new Set([...holds, ...touched.contacts]))
      await sql`select settle_contact(${contact}::uuid)`.execute(tx)
    for (const recording of new Set([...forbidden, ...touched.recordings]))
      await sql`select settle_recording(${recording}::uuid)`.execute(tx)
    return { ...done, ...requests, ...disclosures }
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

/** Deletes history past its term, whether or not the ledger has its month. */
async function purgeHistory(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: string; started_at: string }>`
    delete from contact where coalesce(history_ends_at, started_at + interval '14 months 1 day') <= destruction_now()
      and not history_is_held(id) returning id, started_at::text`.execute(tx)
  if (rows.length === 0) return 0
  const ended = sql`unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => row.started_at)}::timestamptz[]) as e (id, started_at)`
  // Like the sweep: a recording that is not destroyed is kept by an order, or ends by its own term.
  await sql`
    delete from listening l using recording r, ${ended}
    where l.recording_id = r.id and r.contact_id = e.id and r.contact_started_at = e.started_at
      and r.state = 'DESTROYED'`.execute(tx)
  await sql`
    delete from recording r using ${ended}
    where r.contact_id = e.id and r.contact_started_at = e.started_at and r.state = 'DESTROYED'`.execute(tx)
  for (const table of ['segment', 'call_identity']) {
    await sql`
      delete from ${sql.table(table)} t using ${ended}
      where t.contact_id = e.id and t.contact_started_at = e.started_at`.execute(tx)
  }
  return rows.length
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
  const isRevoked = (credential: string) =>
    sql`e.kind = 'credential' and e.detail ->> 'credential' = ${sql.lit(credential)}`
  const credentials =
    (await count(tx, sql`delete from passkey k using ${rows} where ${isRevoked('passkey')} and k.id = e.id`)) +
    (await count(tx, sql`delete from totp t using ${rows} where ${isRevoked('totp')} and t.id = e.id`)) +
    (await count(
      tx,
      sql`delete from recovery_code c using ${rows} where ${isRevoked('recovery-codes')} and c.person_id = e.id`,
    )) +
    (await count(
      tx,
      sql`delete from provider_subject s using ${rows}
        where ${isRevoked('identity-provider')} and s.person_id = e.id and s.bound_at <= e.at`,
    )) +
    // Whoever changed their password after the backup sets a new one by a link.
    (await count(
      tx,
      sql`update person p set password_salt = null, password_check = null from ${rows}
        where ${isRevoked('password')} and p.id = e.id and p.password_check is not null
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

/** The last entry about a person counts; one about a continuing employment changes nothing here. */
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

interface HoldDetail {
  contact?: string
  startedAt?: string
  covers?: string
  from?: string
  until?: string
  enteredBy?: string
}

/** Replays preservation orders. The ledger does not have an order's text: somebody enters it again from the order itself. */
async function replayHolds(tx: Tx, entries: readonly CopiedEntry[]): Promise<string[]> {
  const contacts: string[] = []
  for (const { entry } of entries) {
    const { id, at, cause } = entry
    const detail = entry.detail as HoldDetail
    const { contact, startedAt, covers, from, until, enteredBy } = detail
    if (entry.kind !== 'hold' || id === null || contact === undefined || enteredBy === undefined) continue
    contacts.push(contact)
    if (cause === 'ended') {
      await sql`
        update preservation_order set ended_at = ${at}::timestamptz
        where id = ${id}::uuid and ended_at is null`.execute(tx)
      continue
    }
    await ensurePerson(tx, enteredBy, at)
    await sql`
      insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
      values (${id}::uuid, ${contact}::uuid, ${startedAt}::timestamptz, ${covers}, ${restored}, ${restored}, ${restored}, ${restored},
        ${from}::timestamptz, ${until}::timestamptz, ${enteredBy}::uuid)
      on conflict (id) do update set until = excluded.until where preservation_order.ended_at is null`.execute(tx)
  }
  return contacts
}

interface ForbiddenDetail {
  recording: string
  party: string
  channel: string
  receivedAt: string
  enteredBy: string
}

/**
 * Restores prohibitions that waited for an order or inspection; otherwise the recording could be listened to. Removes those that
 * a correction withdrew from a former official.
 * @returns existing recordings whose prohibitions changed
 */
async function replayProhibitions(tx: Tx, entries: readonly CopiedEntry[]): Promise<string[]> {
  const recordings: string[] = []
  for (const { entry } of entries) {
    if (entry.kind !== 'prohibition' || entry.id === null) continue
    if (entry.cause === 'withdrawn') {
      const { rows } = await sql<{ recording: string }>`
        delete from prohibition
        where id = ${entry.id}::uuid and executed_at is null returning recording_id as recording`.execute(tx)
      recordings.push(...rows.map((row) => row.recording))
      continue
    }
    const { recording, party, channel, receivedAt, enteredBy } = entry.detail as ForbiddenDetail
    const { rows } = await sql`select from recording where id = ${recording}::uuid and state <> 'DESTROYED'`.execute(tx)
    if (rows.length === 0) continue
    await ensurePerson(tx, enteredBy, entry.at)
    const entered = await count(
      tx,
      sql`insert into prohibition (id, recording_id, party, channel, received_at, entered_by)
        values (${entry.id}::uuid, ${recording}::uuid, ${party}, ${channel}, ${receivedAt}::timestamptz, ${enteredBy}::uuid) on conflict do nothing`,
    )
    if (entered > 0) recordings.push(recording)
  }
  return recordings
}

/**
 * Withdraws consents that were withdrawn after the backup. Later renewed consents are unknown here, so those calls are not
 * recorded.
 */
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
 * Letters and packages numbered after the backup may have been sent: numbering continues well beyond the backup's and the
 * ledger's numbers, so that no number is used twice.
 */
async function skipNumbers(tx: Tx, rows: RawBuilder<unknown>): Promise<void> {
  const recordedNumbers = sql`(
    select split_part(e.detail ->> 'number', '-', 1) as series, split_part(e.detail ->> 'number', '-', 2)::integer as year,
      split_part(e.detail ->> 'number', '-', 3)::integer as last
    from ${rows} where e.detail ->> 'number' ~ '^[PTV]-[0-9]{4}-[0-9]{1,7}$'
    union all select 'P', year, last from request_number
    union all select series, year, last from disclosure_number) t`
  await sql`
    insert into request_number (year, last) select year, max(last) + 1000 from ${recordedNumbers} where series = 'P' group by 1
    on conflict (year) do update set last = excluded.last`.execute(tx)
  await sql`
    insert into disclosure_number (series, year, last) select series, year, max(last) + 1000 from ${recordedNumbers} where series <> 'P' group by 1, 2
    on conflict (series, year) do update set last = excluded.last`.execute(tx)
}

/** Placeholder for the order's texts. */
const restored = 'RESTORED: see the order'

/** Destroys keys that the ledger reports as destroyed and that nothing needs. */
async function destroyKeys(
  db: Db,
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
        select from shard_key
        where expiry_month = ${`${month}-01`}::date and month_key_version = ${Number(version)} limit 1`.execute(db)
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
