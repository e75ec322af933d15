/**
 * Changes of accounts and of the directory that need a second person (R20, R36, R39): a one-time link, another official's
 * number, a change that affects earlier calls, a place in a unit whose supervisor may listen to its recordings. Another person
 * must confirm the change; who may is decided in database/functions/directory/changes.sql.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { appendAudit } from '../audit/append.ts'
import { newReleaseCode } from '../sign-in/one-time-codes.ts'
import type { WantedChange } from '../sign-in/sign-in-tables.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { returnRefusal, refusalOf as databaseRefusal, RollBack } from '../access/database-request.ts'
import { refusalOf, type DirectoryRefusal } from './directory-refusal.ts'
import { changeHistory } from './history/change-history.ts'
import { holdsAt } from './history/intervals.ts'
import { readHistories, type PersonHistory } from './history/person-history.ts'
import { writeHistories, type HistoryStep } from './history/write-histories.ts'
import { type Session, asViewer } from './session.ts'

export interface DirectoryChange {
  id: string
  kind: 'link' | 'directory'
  personId: string
  /** Undefined for a link. */
  wanted: WantedChange | undefined
  askedBy: string
  askedAt: Temporal.Instant
  /** True if somebody else has answered calls at the number since the requested start: the change then starts on approval. */
  fromConfirmation: boolean
}

const decideRefusals = [
  'deny.role',
  'not-found',
  'change.own',
  'link.none',
  'confirm.passkey',
  'confirm.fresh',
] as const
export type ChangeRefused = { refused: (typeof decideRefusals)[number] | DirectoryRefusal['refused'] }

/** Lists pending changes, oldest first; of one person if given. Empty for those who may not decide on any. */
export function listDirectoryChanges(
  database: SafeguardsDatabase,
  session: Session,
  personId?: string,
): Promise<DirectoryChange[]> {
  return asViewer(database, session, async (tx) => {
    let query = tx
      .selectFrom('directory_change')
      .select(['id', 'kind', 'person_id as personId', 'wanted', 'asked_by as askedBy', 'asked_at as askedAt'])
      .select(sql<boolean>`holds_from_confirmation(id)`.as('fromConfirmation'))
      .where('state', '=', 'ASKED')
      .orderBy('asked_at')
      .limit(500)
    if (personId !== undefined) query = query.where('person_id', '=', personId)
    return (await query.execute()).map((row) => ({ ...row, wanted: row.kind === 'link' ? undefined : row.wanted }))
  })
}

/**
 * Confirms or refuses a change, as an administrator or an approver who did not request it and is not the person.
 * @returns for a link, the code that its person needs with it, shown once
 */
export async function decideDirectoryChange(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  confirm: boolean,
): Promise<{ done: true; code?: string } | ChangeRefused> {
  const released = newReleaseCode()
  try {
    return await asViewer(database, session, async (tx) => {
      const from = await selectValue(
        tx,
        sql<Temporal.Instant | null>`decide_directory_change(${id}::uuid, ${confirm}, ${released.hash}::bytea)`,
      )
      const change = await tx
        .selectFrom('directory_change')
        .select(['kind', 'person_id as personId', 'wanted'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      if (!confirm) return { done: true as const }
      if (change.kind === 'link') return { done: true as const, code: released.code }
      await apply(tx, change.personId, { ...change.wanted, from: from! })
      return { done: true as const }
    })
  } catch (error) {
    const refused =
      databaseRefusal(error, decideRefusals)?.refused ??
      (error instanceof RollBack ? (error.refusal as DirectoryRefusal) : refusalOf(error))?.refused
    if (refused === undefined) throw error
    await appendAudit(database, {
      action: 'directory.changed',
      result: `refused:${refused}`,
      personId: session.personId,
      object: { kind: 'directory-change', id },
      detail: { confirm },
    })
    return { refused }
  }
}

/** Withdraws one's own request. */
export async function withdrawDirectoryChange(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<{ done: true } | { refused: 'not-found' }> {
  const withdraw = sql`select withdraw_directory_change(${id}::uuid)`
  const answer = await returnRefusal(
    ['not-found'],
    asViewer(database, session, (tx) => withdraw.execute(tx)),
  )
  return 'refused' in answer ? answer : { done: true }
}

/** Numbers and placements of persons that a second person must confirm. */
export interface ChangeToApprove {
  kind: 'phone' | 'unit' | 'supervisor'
  /** A phone number key, or the person's id. */
  subject: string
  personId: string
}

export async function findChangesToApprove(
  tx: Tx,
  people: readonly Pick<PersonHistory, 'id' | 'phones' | 'placements'>[],
): Promise<ChangeToApprove[]> {
  const rows = people.flatMap(({ id, phones, placements }) => [
    ...phones.map(({ phoneKey, from, to }) => row('phone', phoneKey, id, id, from, to)),
    ...placements.flatMap(({ unitId, supervisorId, from, to }) => [
      row('unit', id, unitId, id, from, to),
      row('supervisor', id, supervisorId, id, from, to),
    ]),
  ])
  const { rows: found } = await sql<ChangeToApprove>`
    select kind, subject, person as "personId" from find_rows_to_confirm(${JSON.stringify(rows)}::jsonb)`.execute(tx)
  return found
}

function row(
  kind: ChangeToApprove['kind'],
  subject: string,
  holder: string | null,
  person: string,
  from: Temporal.Instant,
  to: Temporal.Instant | null,
) {
  return { kind, subject, holder, person, from_at: from.toString(), to_at: to?.toString() ?? null }
}

/** Requests a change in the transaction's session; pending values are stored only there. */
export async function requestDirectoryChange(tx: Tx, personId: string, wanted: WantedChange): Promise<void> {
  await sql`select request_directory_change(${personId}::uuid, ${JSON.stringify(wanted)}::jsonb)`.execute(tx)
}

/** Makes the change from an instant on; a number still held by somebody else moves to the person. */
async function apply(
  tx: Tx,
  personId: string,
  { from, ...wanted }: Omit<WantedChange, 'from'> & { from: Temporal.Instant },
): Promise<void> {
  const add = wanted.add ?? []
  const holders = await holdersOf(tx, add, personId)
  const [person] = await readHistories(tx, [personId])
  if (!person) throw new RollBack({ refused: 'not-found' })
  const steps: HistoryStep[] = []
  for (const before of await readHistories(tx, holders)) {
    const endPhones = before.phones
      .filter((phone) => add.includes(phone.phoneKey) && holdsAt(phone, from))
      .map(({ phoneKey }) => phoneKey)
    if (endPhones.length > 0) steps.push({ before, after: changed(before, { from, endPhones }) })
  }
  const after = changed(person, {
    from,
    addPhones: add,
    // A number may have moved to somebody else meanwhile.
    endPhones: (wanted.end ?? []).filter((key) =>
      person.phones.some((phone) => phone.phoneKey === key && holdsAt(phone, from)),
    ),
    ...(wanted.unit !== undefined && { unitId: wanted.unit }),
    ...(wanted.supervisor !== undefined && { supervisorId: wanted.supervisor }),
  })
  await writeHistories(tx, [...steps, { before: person, after }])
}

function changed(before: PersonHistory, change: Parameters<typeof changeHistory>[1]): PersonHistory {
  const after = changeHistory(before, change, () => true)
  if ('refused' in after) throw new RollBack(after)
  return after
}

async function holdersOf(tx: Tx, keys: readonly PhoneNumberKey[], except: string): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await tx
    .selectFrom('person_phone')
    .select('person_id')
    .distinct()
    .where('phone_key', 'in', keys)
    .where('person_id', '<>', except)
    .execute()
  return rows.map(({ person_id: id }) => id)
}
