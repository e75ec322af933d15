import type { CalendarDate } from '@internationalized/date'
import type { paths } from '../api/schema.d.ts'
import type { Word } from '../language/use-words.ts'
import type { PersonDetail } from './filters.ts'

type Body = paths['/api/people/{id}/changes']['post']['requestBody']['content']['application/json']

/** What can change, one thing at a time; each is explained before it is done. */
export const changeKinds = [
  'name',
  'unit',
  'supervisor',
  'addPhone',
  'endPhone',
  'employedTo',
  'informed',
  'consents',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A change as it stands in the form. */
export interface ChangeDraft {
  kind: ChangeKind
  /** The new name, unit, supervisor or number. */
  text: string
  /** With a new number: the number that ends as it begins; none where that is ''. */
  replaces: string
  /** From which day on; of an employment's end and a number's, the last day. */
  day: CalendarDate | null
  yes: boolean
}

/** What is wrong with a draft, by its field: the word that says it. */
export interface ChangeProblems {
  text?: Word
  day?: Word
}

/** Which of the changes make sense for this person now. */
export function possibleChanges(person: PersonDetail): ChangeKind[] {
  return changeKinds.filter((kind) => kind !== 'endPhone' || person.phones.length > 0)
}

export function problemsOf({ kind, text, day }: ChangeDraft): ChangeProblems {
  const needsText = kind === 'name' || kind === 'addPhone' || kind === 'endPhone'
  const goesOn = kind === 'employedTo' && day === null
  return {
    ...(needsText && text.trim() === '' && { text: `person.change.${kind}.missing` as Word }),
    ...(day === null && !goesOn && { day: 'person.change.day.missing' as const }),
  }
}

/** The change in the contract's words. A number ends after its last day, so the day after is the first without it. */
export function bodyOf({ kind, text, replaces, day, yes }: ChangeDraft, todayHere: CalendarDate): Body {
  const from = (day ?? todayHere).toString()
  switch (kind) {
    case 'employedTo':
      return { from: todayHere.toString(), employedTo: day?.toString() ?? '' }
    case 'endPhone':
      return { from: (day ?? todayHere).add({ days: 1 }).toString(), endPhone: text.trim() }
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
