import { today, type CalendarDate } from '@internationalized/date'
import type { Named } from '../../api/shapes.ts'
import { zone } from '../../format/instant.ts'
import { readAt, textAt } from '../edits.ts'
import type { NumberFilters } from './number-filters.ts'
import { digitsOf } from './digits-of.ts'

/** Number of the list, in the document's format. */
export interface ListedNumber {
  number: string
  kind: string
  language: string
  names: Partial<Named>
  region?: Partial<Named>
  /** Days; the last one is included. */
  validFrom: string
  validTo?: string
  state: 'now' | 'past' | 'coming'
  /** Rules that may record its calls. */
  rules: { names: Partial<Named>; share: number; months: number }[]
}

/** Returns the numbers of a document, in its order, as of a day. */
export function numbersOf(document: unknown, day: CalendarDate = today(zone)): ListedNumber[] {
  const rules = listAt(document, ['recordingPlan', 'rules'])
  const defaultShare = Number(readAt(document, ['recordingPlan', 'defaultShare']))
  return listAt(document, ['numbers']).map((one) => {
    const number = textAt(one, ['number'])
    const validTo = textAt(one, ['validTo'])
    const region = readAt(one, ['region']) as Partial<Named> | undefined
    return {
      number,
      kind: textAt(one, ['kind']),
      language: textAt(one, ['language']),
      names: readAt(one, ['names']) ?? {},
      ...(region && { region }),
      validFrom: textAt(one, ['validFrom']),
      ...(validTo !== '' && { validTo }),
      state: stateOf(textAt(one, ['validFrom']), validTo, day),
      rules: rules
        .filter((rule) => listAt(rule, ['numbers']).some((named) => digitsOf(String(named)) === digitsOf(number)))
        .filter((rule) => stateOf(textAt(rule, ['from']), textAt(rule, ['until']), day) === 'now')
        .map((rule) => ({
          names: readAt(rule, ['names']) ?? {},
          share: Number(readAt(rule, ['share']) ?? defaultShare),
          months: Number(readAt(rule, ['recordingMonths'])),
        })),
    }
  })
}

/** Filters numbers: by digits in any format, or by part of a name in any language. */
export function filterNumbers(numbers: readonly ListedNumber[], { text = '', kind }: NumberFilters): ListedNumber[] {
  const searchText = text.trim().toLowerCase()
  const digits = /^[\d\s+()./-]+$/.test(searchText) ? digitsOf(searchText) : ''
  return numbers.filter((one) => {
    if (kind !== undefined && one.kind !== kind) return false
    if (searchText === '') return true
    if (digits !== '' && digitsOf(one.number).includes(digits)) return true
    const names = [one.names, one.region ?? {}].flatMap((name) => Object.values(name))
    return names.some((name) => String(name).toLowerCase().includes(searchText))
  })
}

function stateOf(from: string, to: string, day: CalendarDate): ListedNumber['state'] {
  const today = day.toString()
  if (/^\d/.test(from) && today < from) return 'coming'
  return to !== '' && today > to ? 'past' : 'now'
}

function listAt(document: unknown, path: string[]): unknown[] {
  const list = readAt(document, path)
  return Array.isArray(list) ? list : []
}
