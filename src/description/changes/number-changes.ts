import { inEach } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { type FieldPath } from '../problem.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { RegisterDescription, ServiceNumber } from '../register-description.ts'
import { dayText, lastDayText } from '../value-texts.ts'
import { aspectOf, changed, changedList, changedTexts, matchByName, named, quoted, sentence } from './change-value.ts'
import * as words from './words.ts'

/** Returns the changes of service numbers and their meaning (R7, R11). */
export function numberChanges(before: RegisterDescription, after: RegisterDescription): Change[] {
  const { numbering: from } = before
  const { numbering: to } = after
  const prefixes = (exchanges: readonly string[]): string[] => exchanges.map((digits) => `0${digits}`)
  return [
    ...changed(['numbering', 'pbx'], words.numberFields.pbx, quoted(from.pbx), quoted(to.pbx)),
    ...changedList(
      ['numbering', 'exchanges'],
      words.numberFields.exchanges,
      prefixes(from.exchanges),
      prefixes(to.exchanges),
    ),
    ...listChanges(before.numbers, after.numbers),
  ]
}

function listChanges(from: readonly ServiceNumber[], to: readonly ServiceNumber[]): Change[] {
  // Matches entries by number and start, then the remaining entries by number alone.
  const exact = matchByName(from, to, ({ key, validFrom }) => `${key} ${validFrom.toString()}`)
  const rest = matchByName(
    exact.removed,
    exact.added.map(([entry]) => entry),
    ({ key }) => key,
  )
  return [
    ...exact.matched.flatMap(([one, other, index]) => changedNumber(one, other, ['numbers', index])),
    ...rest.matched.flatMap(([one, other]) => changedNumber(one, other, ['numbers', to.indexOf(other)])),
    ...rest.added.map(([entry]) => newNumber(entry, ['numbers', to.indexOf(entry)])),
    ...rest.removed.map(({ display, names, validFrom }) =>
      sentence(['numbers'], 'change.number-removed', { display, names, from: dayText(validFrom) }),
    ),
  ]
}

function changedNumber(from: ServiceNumber, to: ServiceNumber, path: FieldPath): Change[] {
  const { kind, ofKind, language, region } = words.numberFields
  const of = (aspect: Trilingual): Trilingual => aspectOf(named(kind, to.display), aspect)
  const last = (until: Temporal.Instant | undefined): Trilingual => (until ? lastDayText(until) : words.noLimit)
  return [
    ...changed([...path, 'kind'], of(ofKind), words.kindNames[from.kind], words.kindNames[to.kind]),
    ...changed(
      [...path, 'language'],
      of(language),
      words.languageNames[from.language],
      words.languageNames[to.language],
    ),
    ...changedTexts([...path, 'region'], of(region), from.region, to.region),
    ...changedTexts([...path, 'names'], of(words.name), from.names, to.names),
    ...changed([...path, 'validFrom'], of(words.firstDay), dayText(from.validFrom), dayText(to.validFrom)),
    ...changed([...path, 'validTo'], of(words.lastDay), last(from.validTo), last(to.validTo)),
  ]
}

function newNumber(
  { display, names, kind, region, language, validFrom, validTo }: ServiceNumber,
  path: FieldPath,
): Change {
  const what = inEach((reader) =>
    [words.kindNames[kind][reader], ...(region ? [region[reader]] : []), words.languageNames[language][reader]].join(
      ', ',
    ),
  )
  const until = inEach((reader) => (validTo ? lastDayText(validTo)[reader] : ''))
  return sentence(path, 'change.new-number', { display, names, what, from: dayText(validFrom), until })
}
