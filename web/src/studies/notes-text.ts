import { formatDate } from '../format/instant.ts'
import type { Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { Study } from './question.ts'

/** Returns notes on an answer, as sentences: about the period, the compared one, and the reader's scope. */
export function notesText(
  study: Study,
  period: string,
  comparedPeriod: string | undefined,
  t: Translate,
  language: Language,
): string[] {
  const day = (written: string) => formatDate(`${written}T09:00:00Z`, language)
  const notesOf = (
    { countsSince, isUnfinished, isOfFew, wholeMonthsBefore, leftOut = [] }: Study['notes'],
    periodText: string,
  ) => [
    ...(countsSince ? [t('studies.note.since', { day: day(countsSince), time: periodText })] : []),
    ...(wholeMonthsBefore ? [t('studies.note.months', { day: day(wholeMonthsBefore) })] : []),
    ...leftOut.map(({ from, to, why }) => t(`studies.note.${why}` as Word, { from: day(from), to: day(to) })),
    ...(isOfFew ? [t('studies.note.few')] : []),
    ...(isUnfinished ? [t('studies.note.unfinished', { time: periodText })] : []),
  ]
  return [
    ...notesOf(study.notes, period),
    ...(study.comparedNotes && comparedPeriod ? notesOf(study.comparedNotes, comparedPeriod) : []),
    ...(study.notes.isBehind ? [t('studies.note.behind')] : []),
    ...(study.choices.reachesNumbers ? [] : [t('studies.note.units')]),
  ].filter((note, index, all) => all.indexOf(note) === index)
}
