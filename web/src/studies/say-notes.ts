import { formatDate } from '../format/instant.ts'
import type { Language } from '../language/language.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { Study } from './question.ts'

/** Returns notes on an answer, as sentences: about the period, the compared one, and the reader's scope. */
export function sayNotes(
  study: Study,
  time: string,
  other: string | undefined,
  say: Say,
  language: Language,
): string[] {
  const day = (written: string) => formatDate(`${written}T09:00:00Z`, language)
  const ofTime = (
    { countsSince, isUnfinished, isOfFew, wholeMonthsBefore, leftOut = [] }: Study['notes'],
    of: string,
  ) => [
    ...(countsSince ? [say('studies.note.since', { day: day(countsSince), time: of })] : []),
    ...(wholeMonthsBefore ? [say('studies.note.months', { day: day(wholeMonthsBefore) })] : []),
    ...leftOut.map(({ from, to, why }) => say(`studies.note.${why}` as Word, { from: day(from), to: day(to) })),
    ...(isOfFew ? [say('studies.note.few')] : []),
    ...(isUnfinished ? [say('studies.note.unfinished', { time: of })] : []),
  ]
  return [
    ...ofTime(study.notes, time),
    ...(study.comparedNotes && other ? ofTime(study.comparedNotes, other) : []),
    ...(study.notes.isBehind ? [say('studies.note.behind')] : []),
    ...(study.choices.reachesNumbers ? [] : [say('studies.note.units')]),
  ].filter((note, index, all) => all.indexOf(note) === index)
}
