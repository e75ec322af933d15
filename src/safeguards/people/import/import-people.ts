import { randomUUID } from 'node:crypto'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import texts from '#texts/server/file.json' with { type: 'json' }
import {
  fileProblem,
  type CsvProblem,
  type ImportRefused,
  type PeopleFileProblemCode,
} from '#platform/csv/csv-problem.ts'
import { trilingualTexts } from '#platform/texts/texts.ts'
import { laterOf } from '#platform/clock/instants.ts'
import type { SafeguardsDatabase, Tx } from '../../tables.ts'
import { changeHistory, type HistoryChange } from '../history/change-history.ts'
import { requestDirectoryChange } from '../directory-changes.ts'
import type { DirectoryRefusal } from '../directory-refusal.ts'
import { findSupervisorCycle } from '../history/find-supervisor-cycle.ts'
import { withholdUnapproved } from './withhold-unapproved.ts'
import { holdsAt, overlap, type Interval } from '../history/intervals.ts'
import { changeDirectory, type DirectoryEditor } from '../change-directory.ts'
import { readHistories, type PersonHistory } from '../history/person-history.ts'
import { isPersonal } from '../personal-user-id.ts'
import { readPeopleFile, type PersonRow } from './read-people-file.ts'
import { isSame, writeHistories, type HistoryStep } from '../history/write-histories.ts'
import { findUnits, type Unit } from '../units.ts'
import { dayAt, dayBegins } from '../written-values.ts'
import { newHistory } from '../enter-person.ts'

export interface ImportedPeople {
  rows: number
  entered: number
  changed: number
  unchanged: number
  /** Number of persons with changes that wait for a second person. */
  waiting: number
  /** True if the changes were made; false for a trial (`tryOnly`). */
  done: boolean
}

export interface ImportOptions {
  content: Buffer
  /** Checks everything and changes nothing. */
  tryOnly: boolean
  numbering: NumberingOptions
  now: Temporal.Instant
}

const maxProblems = 200

/**
 * Imports a CSV file into the directory: all rows or none. Changes hold from the beginning of today; persons not in the file
 * stay as they are; importing the same file again changes nothing.
 */
export async function importPeople(
  database: SafeguardsDatabase,
  editor: DirectoryEditor,
  options: ImportOptions,
): Promise<ImportedPeople | ImportRefused | DirectoryRefusal> {
  const trace = { action: 'directory.imported' as const, object: { kind: 'directory' as const } }
  // Problems are found under the lock; the transaction returns them as a result, since nothing was written.
  return changeDirectory<ImportedPeople | ImportRefused>(database, editor, trace, async (tx) => {
    const { rows, problems } = readPeopleFile(options.content, options.numbering)
    const planned = rows.length === 0 ? { steps: [], units: [], problems: [] } : await planImport(tx, rows, options)
    // A cell that is invalid on its own is reported once.
    const reported = new Set(problems.map(({ row, column }) => `${row} ${column ?? ''}`))
    const all = [...problems, ...planned.problems.filter(({ row, column }) => !reported.has(`${row} ${column ?? ''}`))]
    if (all.length > 0) {
      all.sort((one, other) => one.row - other.row)
      return {
        result: { refused: 'import.refused', problems: all.slice(0, maxProblems) },
        trace: { ...trace, detail: { rows: rows.length, problems: all.length, done: false } },
      }
    }
    const { steps, waiting } =
      'session' in editor ? await withholdUnapproved(tx, planned.steps) : { steps: planned.steps, waiting: [] }
    const entered = steps.filter(({ before }) => before === undefined).length
    const changed = steps.filter(({ before, after }) => before && !isSame(before, after)).length
    const counts = {
      rows: rows.length,
      entered,
      changed,
      unchanged: rows.length - entered - changed,
      waiting: waiting.length,
      done: !options.tryOnly,
    }
    if (!options.tryOnly) {
      if (planned.units.length > 0) await tx.insertInto('unit').values(planned.units).execute()
      await writeHistories(tx, steps)
      for (const { personId, wanted } of waiting) await requestDirectoryChange(tx, personId, wanted)
    }
    return { result: counts, trace: { ...trace, detail: { ...counts } } }
  })
}

interface ImportPlan {
  steps: HistoryStep[]
  units: Unit[]
  problems: CsvProblem[]
}

/** Returns the changes to make, the units to add, and the problems. */
async function planImport(tx: Tx, rows: readonly PersonRow[], { numbering, now }: ImportOptions): Promise<ImportPlan> {
  const problems: CsvProblem[] = []
  const known = await readHistories(tx)
  const byUserId = new Map(known.map((person) => [person.userId, person]))
  const newIds = new Map(rows.flatMap(({ userId }) => (byUserId.has(userId) ? [] : [[userId, randomUUID() as string]])))
  const idOf = (userId: string) => byUserId.get(userId)?.id ?? newIds.get(userId)
  const phones = phonesOf(known)
  const units = await findUnits(
    tx,
    rows.flatMap(({ unit }) => unit ?? []),
  )
  const today = dayBegins(dayAt(now))

  const steps = new Map<string, HistoryStep & { row: number }>()
  for (const row of rows) {
    const supervisorId = row.supervisor ? idOf(row.supervisor) : null
    if (supervisorId === undefined) {
      problems.push(fileProblem('person.unknown-supervisor', row.row, 'supervisor', { written: row.supervisor ?? '' }))
    }
    const wanted: Wanted = {
      row,
      ...(row.unit !== undefined && { unitId: row.unit === null ? null : (units.idOf.get(row.unit) ?? null) }),
      ...(row.supervisor !== undefined && { supervisorId: supervisorId ?? null }),
    }
    const before = byUserId.get(row.userId)
    const isFree = (phone: PhoneOf) =>
      !phones.get(phone.phoneKey)?.some((other) => other.person.id !== before?.id && overlap(other, phone))
    const after = before ? change(before, wanted, today, isFree) : enter(wanted, newIds.get(row.userId) ?? randomUUID())
    if ('code' in after) problems.push(fileProblem(after.code, row.row, after.column))
    else steps.set(after.id, { row: row.row, before, after })
  }
  const afterAll = new Map([
    ...known.map((person) => [person.id, person] as const),
    ...[...steps].map(([id, { after }]) => [id, after] as const),
  ])
  const rowOf = (id: string) => steps.get(id)?.row
  problems.push(...phoneProblems([...afterAll.values()], rowOf, numbering))
  problems.push(...cycleProblems(afterAll, [...steps.values()]))
  return { steps: [...steps.values()], units: units.missing, problems }
}

interface Wanted {
  row: PersonRow
  unitId?: string | null
  supervisorId?: string | null
}

type RowWrong = { column: string; code: PeopleFileProblemCode }
type PhoneOf = Interval & { phoneKey: PhoneNumberKey }

function enter({ row, unitId, supervisorId }: Wanted, id: string): PersonHistory | RowWrong {
  if (!isPersonal(row.userId)) return { column: 'user_id', code: 'person.not-personal' }
  if (!row.employedFrom) return { column: 'employed_from', code: 'person.employed-from-missing' }
  return {
    ...newHistory({
      userId: row.userId,
      name: row.name,
      unitId,
      supervisorId,
      phoneKeys: row.phones?.map(({ key }) => key),
      employedFrom: row.employedFrom,
      employedTo: row.employedTo ?? undefined,
      source: 'csv',
    }),
    id,
  }
}

/** Returns the person after a row's changes: from today, or from the first day of an employment that begins later or anew. */
function change(
  before: PersonHistory,
  wanted: Wanted,
  today: Temporal.Instant,
  isFree: (phone: PhoneOf) => boolean,
): PersonHistory | RowWrong {
  const { row } = wanted
  const employment: Pick<HistoryChange, 'employedFrom' | 'employedTo'> = {
    ...(row.employedFrom && !row.employedFrom.equals(before.employedFrom) && { employedFrom: row.employedFrom }),
    ...(row.employedTo !== undefined && { employedTo: row.employedTo }),
  }
  const employed = changeHistory(before, { from: today, ...employment }, isFree)
  if ('refused' in employed) return { column: 'employed_to', code: 'person.ends-before-it-begins' }
  const beginsAnew = before.employedTo !== null && compare(employed.employedFrom, before.employedTo) >= 0
  const from = beginsAnew ? employed.employedFrom : laterOf(today, employed.employedFrom)
  // A person who has left is compared with their last state.
  const hasLeft = employed.employedTo !== null && compare(employed.employedTo, from) <= 0
  const at = hasLeft && employed.employedTo ? employed.employedTo.subtract({ nanoseconds: 1000 }) : from
  const had = employed.placements.find((one) => holdsAt(one, at)) ?? { unitId: null, supervisorId: null }
  const currentPhones = employed.phones.filter((phone) => holdsAt(phone, at)).map(({ phoneKey }) => phoneKey)
  const phones = row.phones?.map(({ key }) => key)
  const name = employed.names.find((one) => holdsAt(one, from))?.name
  const change: HistoryChange = {
    from,
    ...(name !== row.name && { name: { name: row.name, given: null, family: null } }),
    ...(wanted.unitId !== undefined && wanted.unitId !== had.unitId && { unitId: wanted.unitId }),
    ...(wanted.supervisorId !== undefined &&
      wanted.supervisorId !== had.supervisorId && { supervisorId: wanted.supervisorId }),
    addPhones: phones?.filter((key) => !currentPhones.includes(key)) ?? [],
    endPhones: phones ? currentPhones.filter((key) => !phones.includes(key)) : [],
  }
  const after = changeHistory(employed, change, isFree)
  if ('refused' in after) return { column: 'employed_to', code: 'person.not-employed' }
  return isSame(before, after) ? before : { ...after, source: 'csv' }
}

function phonesOf(people: readonly PersonHistory[]) {
  return Map.groupBy(
    people.flatMap((person) => person.phones.map((phone) => ({ ...phone, person }))),
    ({ phoneKey }) => phoneKey,
  )
}

/** Yields numbers that two persons would have at the same time: each on the later of the two rows, or on the only row. */
function* phoneProblems(
  people: readonly PersonHistory[],
  rowOf: (id: string) => number | undefined,
  numbering: NumberingOptions,
): Generator<CsvProblem> {
  for (const [phoneKey, holdings] of phonesOf(people)) {
    if (holdings.length < 2) continue
    holdings.sort((one, other) => compare(one.from, other.from))
    for (const [index, one] of holdings.entries()) {
      for (const other of holdings.slice(index + 1)) {
        if (!overlap(one, other) || one.person.id === other.person.id) continue
        const written = displayPhoneNumber(phoneKey, numbering)
        const [first, second] = [rowOf(one.person.id), rowOf(other.person.id)]
        if (first !== undefined && second !== undefined) {
          const [row, earlier] = first < second ? [second, first] : [first, second]
          yield fileProblem('person.phone-twice-in-file', row, 'phone', { written, other: earlier })
        } else {
          const holder = first === undefined ? one : other
          yield fileProblem('person.phone-taken', first ?? second ?? 1, 'phone', {
            written,
            name: holder.person.names.at(-1)?.name ?? '',
            userId: holder.person.userId,
            until: holder.to === null ? until('file.until.further-notice') : lastDay(holder.to),
          })
        }
      }
    }
  }
}

const until = trilingualTexts(texts)

function lastDay(to: Temporal.Instant) {
  const { year, month, day } = dayAt(to.subtract({ nanoseconds: 1 }))
  const written = `${day}.${month}.${year}`
  return until('file.until.day', { day: written })
}

function* cycleProblems(
  people: ReadonlyMap<string, PersonHistory>,
  steps: readonly (HistoryStep & { row: number })[],
): Generator<CsvProblem> {
  for (const { row, before, after } of steps) {
    if (before === after) continue
    const circle = findSupervisorCycle(after, (id) => people.get(id))
    if (circle) {
      const written = circle.map((id) => people.get(id)?.userId ?? id).join(' → ')
      yield fileProblem('person.circle', row, 'supervisor', { written })
    }
  }
}

const { compare } = Temporal.Instant
