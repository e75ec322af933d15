/**
 * Restores what is known about disclosed copies in a restored register (R32, R50, decision 42), from ledger entries after the
 * backup and the keyring's links. Copies that are out are recorded, so that a prohibition recalls them; confirmed ones are
 * confirmed and unlinked. Idempotent.
 */
import { sql } from 'kysely'
import type { CopiedEntry } from './read-ledger-copy.ts'
import { ensurePerson } from './replay-step.ts'
import type { Tx } from '../tables.ts'

/** Link between a disclosed item and its recording, from a place's copy of the keyring. */
export interface DisclosedItemLink {
  recordingId: string
  disclosureId: string
  item: number
  salt: Buffer
}

type Entry = CopiedEntry['entry'] & { id: string }

/** Tables whose triggers would append existing entries again. */
export const disclosureTables = [
  'disclosed_copy',
  'research_disclosure',
  'authority_disclosure',
  'disclosure_package',
] as const

export interface ReplayedDisclosures {
  /** Disclosures and confirmations after the backup: released, recalled, confirmed, ended, closed. */
  disclosures: number
  /** Items that are out and whose recording is unknown: `T-2026-3/4`. */
  untied: string[]
}

/** Details of entries about disclosures and packages, of all causes. */
interface Detail {
  number: string
  institute: string
  /** Undefined for disclosures decided before database/migrations/0204-decided-for-whom.sql. */
  decidedFor?: string
  dueOn: string
  preparedBy: string
  decidedBy: string
  /** `tie`: salted hash of the item's recording, without which the recording is unknown. */
  items: { item: number; tie?: string }[]
  item: number
  dueAt: string
  outcome: string
  endedOn: string
  /** Undefined in entries from before database/migrations/0200-baseline.sql: 3 at that time. */
  workingDays?: number
  origin: string
  aim: string
  provision: string
  enteredBy: string
  receivedAt: string
  disclosure: string
  sha256: string
  sizeBytes: number
  files: number
  method: string
  madeBy: string
}

/** Placeholder for texts that the ledger does not contain. */
const restored = 'RESTORED: see the decision'

export async function replayDisclosures(
  tx: Tx,
  entries: readonly CopiedEntry[],
  links: readonly DisclosedItemLink[],
): Promise<ReplayedDisclosures> {
  const ours = entries.map(({ entry }) => entry).filter((entry): entry is Entry => entry.id !== null)
  const disclosures = ours.filter(({ kind }) => kind === 'disclosure')
  for (const entry of disclosures) await replayDisclosure(tx, entry, links)
  for (const entry of ours.filter(({ kind }) => kind === 'package')) await replayPackage(tx, entry)
  await endReleasedCopies(tx)
  const { rows } = await sql<{ item: string }>`
    select disclosure || '/' || item as item from disclosed_copy where state = 'RELEASED' and recording_id is null
    order by disclosure, disclosed_copy.item`.execute(tx)
  return { disclosures: disclosures.length, untied: rows.map(({ item }) => item) }
}

async function replayDisclosure(tx: Tx, entry: Entry, links: readonly DisclosedItemLink[]): Promise<void> {
  const { id, at, cause, done_by: doneBy } = entry
  const { item, dueAt, outcome, endedOn, workingDays = 3, dueOn, number } = entry.detail as Detail
  const by = await ensurePerson(tx, doneBy, at)
  const ofItem = sql`c.item = ${item} and c.disclosure = (select number from research_disclosure where id = ${id}::uuid)`
  switch (cause) {
    case 'released':
      if (number.startsWith('V')) return releaseToAuthority(tx, entry)
      return releaseForResearch(tx, entry, links)
    case 'recalled':
      await sql`
        update disclosed_copy c set state = 'RECALLED', recalled_at = ${at}::timestamptz, due_at = ${dueAt}::timestamptz
        where ${ofItem} and c.state = 'RELEASED'`.execute(tx)
      return
    case 'confirmed':
      await sql`
        update disclosed_copy c set state = 'CONFIRMED', recording_id = null, tie_salt = null, confirmed_at = ${at}::timestamptz,
          confirmed_by = ${by}::uuid, outcome = ${outcome}
        where ${ofItem} and c.state <> 'CONFIRMED'`.execute(tx)
      await sql`
        update research_item set recording_id = null, contact_id = null
        where disclosure_id = ${id}::uuid and item = ${item}`.execute(tx)
      return
    case 'extended':
      await sql`update research_disclosure set due_on = ${dueOn}::date where id = ${id}::uuid`.execute(tx)
      return
    case 'study-ended':
      await sql`
        update research_disclosure set study_ended_on = ${endedOn}::date, study_ended_at = ${at}::timestamptz,
          return_working_days = ${workingDays},
          study_ended_by = coalesce(${by}::uuid, prepared_by)
          where id = ${id}::uuid and study_ended_at is null`.execute(tx)
      return
    case 'withdrawn':
      // No package of the disclosure can be released.
      await sql`
        update research_disclosure set withdrawn_at = ${at}::timestamptz, withdrawn_by = ${by ?? null}::uuid
        where id = ${id}::uuid and withdrawn_at is null and released_at is null`.execute(tx)
      return
    case 'closed':
      for (const table of ['research_disclosure', 'authority_disclosure'] as const) {
        await sql`
          update ${sql.table(table)} set closed_at = ${at}::timestamptz, closed_by = ${by}::uuid
          where id = ${id}::uuid and closed_at is null
            and (released_at is not null or ${table === 'authority_disclosure'})`.execute(tx)
      }
      return
    default:
      return
  }
}

async function releaseForResearch(
  tx: Tx,
  { id, at, detail }: Entry,
  links: readonly DisclosedItemLink[],
): Promise<void> {
  const { number, institute, decidedFor, dueOn, preparedBy, decidedBy, items } = detail as Detail
  for (const person of [preparedBy, decidedBy]) await ensurePerson(tx, person, at)
  await sql`
    insert into institute (id, name, contact, email, language, added_by)
    values (${institute}::uuid, ${`RESTORED: ${institute}`}, ${restored}, '', 'fi', ${preparedBy}::uuid) on conflict do nothing`.execute(
    tx,
  )
  await sql`
    insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by)
    values (${id}::uuid, ${number}, ${institute}::uuid, ${restored}, ${dueOn}::date, 'OPUS', ${preparedBy}::uuid)
    on conflict do nothing`.execute(tx)
  await sql`
    update research_disclosure set outcome = 'GRANTED', reasons = case outcome when 'GRANTED' then reasons else ${restored} end,
      decided_at = coalesce(decided_at, ${at}::timestamptz), decided_by = ${decidedBy}::uuid, due_on = ${dueOn}::date,
      decided_for = coalesce(${decidedFor ?? null}, decided_for),
      released_at = coalesce(released_at, ${at}::timestamptz), withdrawn_at = null, withdrawn_by = null
    where id = ${id}::uuid`.execute(tx)
  for (const { item, tie } of items) {
    const known = links.find((one) => one.disclosureId === id && one.item === item)
    // An item keeps its number and recording; one picked before the backup is linked by the backup itself.
    await sql`
      with picked as (
        insert into research_item (disclosure_id, item, recording_id, contact_id, picked_at, picked_by)
        select ${id}::uuid, ${item}, r.id, r.contact_id, ${at}::timestamptz, ${preparedBy}::uuid
        from (select 1) one left join recording r on r.id = ${known?.recordingId ?? null}::uuid and link_hash(r.id, ${known?.salt ?? null}) = ${tie ?? null}
        on conflict (disclosure_id, item) do update set dropped_at = null, dropped_by = null,
          recording_id = coalesce(research_item.recording_id, excluded.recording_id), contact_id = coalesce(research_item.contact_id, excluded.contact_id)
        returning recording_id
      )
      insert into disclosed_copy (disclosure, recipient, item, recording_id, released_at, tie_salt)
      select ${number}, n.name, ${item}, picked.recording_id, ${at}::timestamptz, case when picked.recording_id is not null then
        coalesce(${known?.salt ?? null}::bytea, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) end
      from picked, institute n where n.id = ${institute}::uuid
      on conflict (disclosure, item) do nothing`.execute(tx)
  }
}

/** Records what an authority was given; which calls these were is in its papers. */
async function releaseToAuthority(tx: Tx, { id, at, detail }: Entry): Promise<void> {
  const { number, origin, aim, provision, outcome, enteredBy, decidedBy, receivedAt } = detail as Detail
  for (const person of [enteredBy, decidedBy]) await ensurePerson(tx, person, at)
  await sql`
    insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by)
    values (${id}::uuid, ${number}, ${origin}, ${restored}, ${restored}, ${restored}, ${aim}, ${provision}, ${receivedAt}::timestamptz,
      ${enteredBy}::uuid) on conflict do nothing`.execute(tx)
  await sql`
    update authority_disclosure set provision_id = ${provision}, reasons = case outcome when ${outcome} then reasons else ${restored} end,
      outcome = ${outcome}, decided_at = coalesce(decided_at, ${at}::timestamptz), decided_by = ${decidedBy}::uuid,
      released_at = coalesce(released_at, ${at}::timestamptz)
    where id = ${id}::uuid`.execute(tx)
}

/** Packages are in no backup: what remains is the hash, and whether it was downloaded. */
async function replayPackage(tx: Tx, { id, at, cause, detail }: Entry): Promise<void> {
  if (cause === 'taken') {
    await sql`
      update disclosure_package set fetches = greatest(fetches, 1), end_why = 'taken', ended_at = ${at}::timestamptz
      where id = ${id}::uuid`.execute(tx)
    return
  }
  const { disclosure, sha256, sizeBytes, files, method, madeBy } = detail as Detail
  await ensurePerson(tx, madeBy, at)
  await sql`
    insert into disclosure_package (id, research_id, authority_id, method, delivery, files, done, made_at, made_by, expires_at, ready_at,
      size_bytes, sha256, ended_at, end_why, removed_at)
    select ${id}::uuid, r.id, a.id, ${method}, 'MEDIUM', ${files}, ${files}, ${at}::timestamptz, ${madeBy}::uuid, ${at}::timestamptz,
      ${at}::timestamptz, ${sizeBytes}, decode(${sha256}, 'hex'), clock_timestamp(), 'expired', clock_timestamp()
    from (select ${disclosure}::uuid as id) d left join research_disclosure r on r.id = d.id left join authority_disclosure a on a.id = d.id
    where r.id is not null or a.id is not null
    on conflict (id) do update set ready_at = excluded.ready_at, size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
      end_why = case disclosure_package.end_why when 'failed' then 'expired' else disclosure_package.end_why end`.execute(
    tx,
  )
}

/**
 * A recording has one rendering for good (R33): if a copy has left in a rendering that the backup lacks, no other is made. Ends
 * the copies of recordings that were destroyed after the backup, and clears their notes. The triggers that prevent this are
 * disabled during a restore.
 */
async function endReleasedCopies(tx: Tx): Promise<void> {
  await sql`
    insert into anonymised_copy (recording_id, duration_ms, state, prepared_by, rendered_at, checked_at, ended_at)
    select distinct on (r.id) r.id, coalesce(r.duration_ms, 0), 'APPROVED', d.prepared_by, c.released_at, c.released_at, clock_timestamp()
    from disclosed_copy c join recording r on r.id = c.recording_id join research_disclosure d on d.number = c.disclosure
    where c.state <> 'CONFIRMED' order by r.id, c.released_at
    on conflict (recording_id) do update set state = 'APPROVED', work = null, rendering_at = null, failure = null,
      rendered_at = coalesce(anonymised_copy.rendered_at, excluded.rendered_at), checked_at = excluded.checked_at, ended_at = clock_timestamp()
    where anonymised_copy.state <> 'APPROVED'`.execute(tx)
  await sql`
    update anonymised_copy a set ended_at = coalesce(a.ended_at, clock_timestamp()), work = null, check_note = null, removed = '{}',
      redacted_ms = 0
    where not exists (
      select from recording r where r.id = a.recording_id and r.state not in ('DESTROYING', 'DESTROYED'))`.execute(tx)
}
