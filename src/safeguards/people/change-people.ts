import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { changeHistory, findPhoneClash, type HistoryChange, type PhoneClash } from './history/change-history.ts'
import { requestDirectoryChange, findChangesToApprove } from './directory-changes.ts'
import type { DirectoryRefusal } from './directory-refusal.ts'
import { newHistory, type NewPerson } from './enter-person.ts'
import { holdsAt, overlap, type Interval } from './history/intervals.ts'
import { changeDirectory, type DirectoryEditor } from './change-directory.ts'
import { isPersonal } from './personal-user-id.ts'
import { readHistories, type PersonHistory } from './history/person-history.ts'
import { isSame, writeHistories } from './history/write-histories.ts'
import { findUnits } from './units.ts'
import { nameOf, officialsPhone, userIdOf } from './written-values.ts'

/** A person to enter, as typed. */
export interface PersonToEnter extends Omit<NewPerson, 'unitId' | 'phoneKey' | 'phoneKeys'> {
  unit?: string | undefined
  /** User id. */
  supervisor?: string | undefined
  /** In any format. */
  phones?: readonly string[] | undefined
}

/** A change as typed; it holds from an instant, the past is unchanged (R11). An empty text means none. */
export interface ChangeToMake extends Omit<
  HistoryChange,
  'name' | 'unitId' | 'addPhones' | 'endPhones' | 'employedFrom'
> {
  name?: string | undefined
  givenName?: string | undefined
  familyName?: string | undefined
  unit?: string | undefined
  /** User id; {@link supervisorId} if the id is known. */
  supervisor?: string | undefined
  addPhones?: readonly string[] | undefined
  endPhones?: readonly string[] | undefined
  /** All numbers from the change on; the person's other numbers end. */
  phones?: readonly string[] | undefined
}

/** Computes the change from the person before it; throwing undoes everything. */
export type ChangeOf = (tx: Tx, before: PersonHistory) => Promise<ChangeToMake>

/** A person after a change. */
export interface ChangedPerson extends PersonHistory {
  /** True if a part of the change waits for a second person. */
  waits: boolean
}

/**
 * Enters a person (R8, R20); a number that somebody else has had waits for a second person.
 * @returns the person, or the refusal
 */
export async function enterIntoDirectory(
  database: SafeguardsDatabase,
  editor: DirectoryEditor,
  person: PersonToEnter,
  numbering: NumberingOptions,
): Promise<ChangedPerson | DirectoryRefusal> {
  const trace = { action: 'directory.changed' as const, object: { kind: 'person' as const } }
  return changeDirectory(database, editor, trace, async (tx) => {
    const userId = userIdOf(person.userId)
    if (!isPersonal(userId)) return { refused: 'person.not-personal' }
    const taken = await tx.selectFrom('person').select('id').where('user_id', '=', userId).executeTakeFirst()
    if (taken) return { refused: 'person.user-id-taken' }
    const name = nameOf(person.name)
    if (name === '') return { refused: 'person.name-missing' }
    const { employedFrom, employedTo } = person
    if (employedTo && Temporal.Instant.compare(employedTo, employedFrom) < 0) {
      return { refused: 'person.ends-before-it-begins', field: 'employedTo' }
    }
    const phoneKeys = readPhones(person.phones ?? [], numbering)
    if ('refused' in phoneKeys) return phoneKeys
    const supervisor = await findSupervisor(tx, person)
    if (supervisor && typeof supervisor === 'object') return supervisor
    const unitId = await unitIdOf(tx, person.unit)
    const after = newHistory({ ...person, userId, name, unitId, supervisorId: supervisor, phoneKeys })
    const clash = findPhoneClash(after, await phonesOfOthers(tx, after.id, phoneKeys))
    if (clash) return phoneTaken(tx, clash)
    const add = (await changesToApprove(tx, editor, after)).map(({ subject }) => subject as PhoneNumberKey)
    const entered = { ...after, phones: after.phones.filter(({ phoneKey }) => !add.includes(phoneKey)) }
    await writeHistories(tx, [{ before: undefined, after: entered }])
    if (add.length > 0) await requestDirectoryChange(tx, after.id, { from: employedFrom.toString(), add })
    const result = { ...entered, waits: add.length > 0 }
    return { result, trace: { ...trace, object: { kind: 'person', id: after.id }, detail: { entered: true } } }
  })
}

/**
 * Makes a change from an instant on. Numbers and placements that need a second person wait together; everything else is made
 * at once.
 * @returns the person after it, or the refusal
 */
export async function changePerson(
  database: SafeguardsDatabase,
  editor: DirectoryEditor,
  personId: string,
  wanted: ChangeToMake | ChangeOf,
  numbering: NumberingOptions,
): Promise<ChangedPerson | DirectoryRefusal> {
  const trace = { action: 'directory.changed' as const, object: { kind: 'person' as const, id: personId } }
  return changeDirectory(database, editor, trace, async (tx) => {
    const [before] = await readHistories(tx, [personId])
    if (!before) return { refused: 'not-found' }
    const change = typeof wanted === 'function' ? await wanted(tx, before) : wanted
    const read = await readChange(tx, before, change, numbering)
    if ('refused' in read) return read
    const keys = [...before.phones.map(({ phoneKey }) => phoneKey), ...(read.addPhones ?? [])]
    const others = await phonesOfOthers(tx, personId, keys)
    // A number that has moved to somebody else does not return with an employment.
    const moved = await changesToApprove(tx, editor, {
      id: personId,
      phones: before.phones.map(({ phoneKey }) => ({ phoneKey, from: change.from, to: null })),
      placements: [],
    })
    const isFree = (phone: Interval & { phoneKey: PhoneNumberKey }) =>
      !moved.some(({ subject }) => subject === phone.phoneKey) &&
      !others.get(phone.phoneKey)?.some((other) => overlap(phone, other))
    const whole = changeHistory(before, read, isFree)
    if ('refused' in whole) return whole
    const clash = findPhoneClash(whole, others)
    if (clash) return phoneTaken(tx, clash)
    const waits = (await changesToApprove(tx, editor, whole)).length > 0
    const { addPhones, endPhones, unitId, supervisorId, ...rest } = read
    const after = waits ? changeHistory(before, rest, isFree) : whole
    if ('refused' in after) return after
    if (!isSame(before, after)) await writeHistories(tx, [{ before, after }])
    if (waits) {
      await requestDirectoryChange(tx, personId, {
        from: change.from.toString(),
        ...(addPhones?.length && { add: [...addPhones] }),
        ...(endPhones?.length && { end: [...endPhones] }),
        ...(unitId !== undefined && { unit: unitId }),
        ...(supervisorId !== undefined && { supervisor: supervisorId }),
      })
    }
    const fields = Object.entries(change).flatMap(([field, value]) =>
      value === undefined || field === 'from' ? [] : [field],
    )
    const detail = { fields, from: change.from.toString(), ...(waits && { waits }) }
    return { result: { ...after, waits }, trace: { ...trace, detail } }
  })
}

/** Returns numbers and placements that a second person must confirm; none if the identity system reports them. */
async function changesToApprove(
  tx: Tx,
  editor: DirectoryEditor,
  person: Parameters<typeof findChangesToApprove>[1][number],
) {
  return 'session' in editor ? findChangesToApprove(tx, [person]) : []
}

async function readChange(
  tx: Tx,
  before: PersonHistory,
  change: ChangeToMake,
  numbering: NumberingOptions,
): Promise<HistoryChange | DirectoryRefusal> {
  const { from, employedTo, informed, consents, source, externalId, withdrawn } = change
  const name = change.name === undefined ? undefined : nameOf(change.name)
  if (name === '') return { refused: 'person.name-missing' }
  const added = readPhones(change.addPhones ?? [], numbering)
  if ('refused' in added) return added
  const ended = readPhones(change.endPhones ?? [], numbering)
  if ('refused' in ended) return ended
  const wanted = change.phones && readPhones(change.phones, numbering)
  if (wanted && 'refused' in wanted) return wanted
  const currentPhones = before.phones.filter((phone) => holdsAt(phone, from)).map(({ phoneKey }) => phoneKey)
  const supervisor = await findSupervisor(tx, change)
  if (supervisor && typeof supervisor === 'object') return supervisor
  const unitId = await unitIdOf(tx, change.unit)
  return {
    ...{ from, unitId, supervisorId: supervisor, employedTo, informed, consents, source, externalId, withdrawn },
    name: name === undefined ? undefined : { name, given: change.givenName ?? null, family: change.familyName ?? null },
    addPhones: [...added, ...(wanted ?? []).filter((key) => !currentPhones.includes(key))],
    endPhones: [...ended, ...(wanted ? currentPhones.filter((key) => !wanted.includes(key)) : [])],
  }
}

function readPhones(written: readonly string[], numbering: NumberingOptions): PhoneNumberKey[] | DirectoryRefusal {
  const keys = written.map((text) => officialsPhone(text, numbering))
  const wrong = keys.indexOf(undefined)
  if (wrong !== -1) return { refused: 'person.not-a-number', written: written[wrong] ?? '' }
  return [...new Set(keys.filter((key) => key !== undefined))]
}

/** Returns the named supervisor's id; null for none, undefined if the change does not mention it. */
async function findSupervisor(
  tx: Tx,
  named: { supervisor?: string | undefined; supervisorId?: string | null | undefined },
): Promise<string | null | undefined | DirectoryRefusal> {
  if (named.supervisorId === null || named.supervisor === '') return null
  const wanted = named.supervisorId ?? named.supervisor
  if (wanted === undefined) return undefined
  const found = await tx
    .selectFrom('person')
    .select('id')
    .where((eb) => (named.supervisorId ? eb('id', '=', wanted) : eb('user_id', '=', userIdOf(wanted))))
    .executeTakeFirst()
  return found?.id ?? { refused: 'person.unknown-supervisor', userId: wanted }
}

async function unitIdOf(tx: Tx, written: string | undefined): Promise<string | null | undefined> {
  if (written === undefined) return undefined
  const name = nameOf(written)
  if (name === '') return null
  const { idOf, missing } = await findUnits(tx, [name])
  if (missing.length > 0) await tx.insertInto('unit').values(missing).execute()
  return idOf.get(name)
}

async function phonesOfOthers(
  tx: Tx,
  personId: string,
  keys: readonly PhoneNumberKey[],
): Promise<ReadonlyMap<PhoneNumberKey, PhoneClash[]>> {
  if (keys.length === 0) return new Map()
  const rows = await tx
    .selectFrom('person_phone')
    .select(['person_id as personId', 'phone_key as phoneKey', 'valid_from as from', 'valid_to as to'])
    .where('phone_key', 'in', [...new Set(keys)])
    .where('person_id', '<>', personId)
    .orderBy('valid_from')
    .execute()
  return Map.groupBy(rows, ({ phoneKey }) => phoneKey)
}

async function phoneTaken(tx: Tx, clash: PhoneClash): Promise<DirectoryRefusal> {
  const [holder] = await readHistories(tx, [clash.personId])
  const name = holder?.names.find((one) => holdsAt(one, clash.from)) ?? holder?.names[0]
  return {
    refused: 'person.phone-taken',
    phoneKey: clash.phoneKey,
    by: { id: clash.personId, name: name?.name ?? '' },
    from: clash.from,
    until: clash.to,
  }
}
