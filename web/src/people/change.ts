import type { CalendarDate } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import { serverNowMs } from '../api/server-time.ts'
import { zone } from '../format/instant.ts'
import type { Word } from '../language/use-words.ts'
import type { PersonDetail } from './filters.ts'

type Body = paths['/api/people/{id}/changes']['post']['requestBody']['content']['application/json']

/** Kinds of change, one at a time; each is explained before it is made. */
export const changeKinds = [
  'name',
  'unit',
  'endUnit',
  'supervisor',
  'endSupervisor',
  'addPhone',
  'endPhone',
  'employedTo',
  'informed',
  'consents',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Change in the form. */
export interface ChangeDraft {
  kind: ChangeKind
  /** New name, unit, supervisor or number. */
  text: string
  /** With a new number: the number that ends then; '' for none. */
  replaces: string
  /** First day; of an end, the last day. */
  day: CalendarDate | null
  yes: boolean
}

/** Text key of the problem of each field. */
export interface ChangeProblems {
  text?: Word
  day?: Word
}

const needsText: readonly ChangeKind[] = ['name', 'unit', 'supervisor', 'addPhone', 'endPhone']
const endingKinds: readonly ChangeKind[] = ['endUnit', 'endSupervisor', 'endPhone']

/** Returns the changes that are possible for this person now. */
export function possibleChanges(person: PersonDetail): ChangeKind[] {
  const isPossible: Partial<Record<ChangeKind, boolean>> = {
    endUnit: person.unit !== undefined,
    endSupervisor: person.supervisor !== undefined,
    endPhone: person.phones.length > 0,
  }
  return changeKinds.filter((kind) => isPossible[kind] ?? true)
}

export function problemsOf(draft: ChangeDraft, person: PersonDetail): ChangeProblems {
  const { kind, text, day, yes } = draft
  const continues = kind === 'employedTo' && day === null
  const isMissing = needsText.includes(kind) && text.trim() === ''
  const isWrittenSame =
    (kind === 'name' || kind === 'unit') && day !== null && text.trim() === replacedValue(draft, person)
  const { informedAt, consentedAt } = person.recording
  const isSame =
    isWrittenSame ||
    (kind === 'informed' && yes === (informedAt !== undefined)) ||
    (kind === 'consents' && yes === (consentedAt !== undefined))
  return {
    ...(isMissing && { text: `people.person.change.${kind}.missing` as Word }),
    ...(!isMissing && isSame && { text: 'people.person.change.same' as const }),
    ...(day === null && !continues && { day: 'people.person.change.day.missing' as const }),
  }
}

/** Returns the value that the change replaces: the one in force on the day of the change. Undefined if there is none. */
export function replacedValue({ kind, replaces, day }: ChangeDraft, person: PersonDetail): string | undefined {
  if (kind === 'addPhone') return replaces
  const at = day ? day.toDate(zone).getTime() : serverNowMs()
  const isInForce = ({ from, to }: { from: string; to?: string }) =>
    Date.parse(from) <= at && (to === undefined || at < Date.parse(to))
  if (kind === 'name') return person.names.find(isInForce)?.name
  const placement = person.placements.find(isInForce)
  if (kind === 'unit' || kind === 'endUnit') return placement?.unit
  if (kind === 'supervisor' || kind === 'endSupervisor') return placement?.supervisor?.name
  return undefined
}

/** Returns the instant until which the change is in force, if the history already has a later one. */
export function nextChangeAt({ kind, day }: ChangeDraft, person: PersonDetail): string | undefined {
  if (!day) return undefined
  const from = firstDayOf(kind, day).toDate(zone).getTime()
  const isPlacement = kind === 'unit' || kind === 'endUnit' || kind === 'supervisor' || kind === 'endSupervisor'
  const intervals = kind === 'name' ? person.names : isPlacement ? person.placements : []
  const later = intervals.map((one) => one.from).filter((begins) => Date.parse(begins) > from)
  return later.sort((one, other) => Date.parse(one) - Date.parse(other))[0]
}

/** Returns the contract's body. An end takes effect after its last day, so the day after is sent. */
export function bodyOf({ kind, text, replaces, day, yes }: ChangeDraft, todayHere: CalendarDate): Body {
  const from = firstDayOf(kind, day ?? todayHere).toString()
  switch (kind) {
    case 'employedTo':
      return { from: todayHere.toString(), employedTo: day?.toString() ?? '' }
    case 'endPhone':
      return { from, endPhone: text.trim() }
    case 'endUnit':
      return { from, unit: '' }
    case 'endSupervisor':
      return { from, supervisor: '' }
    case 'informed':
    case 'consents':
      return { from, [kind]: yes }
    case 'addPhone':
      return { from, addPhone: text.trim(), ...(replaces && { endPhone: replaces }) }
    case 'name':
    case 'unit':
    case 'supervisor':
      return { from, [kind]: text.trim() }
  }
}

function firstDayOf(kind: ChangeKind, day: CalendarDate): CalendarDate {
  return endingKinds.includes(kind) ? day.add({ days: 1 }) : day
}
