import { formatLength } from '../format/duration.ts'
import { formatCount, formatShare } from '../format/number.ts'
import type { Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { Figures, Measure } from './question.ts'

export interface Column {
  name: keyof Figures
  word: Word
  kind: 'count' | 'share' | 'length'
}

const count = (name: keyof Figures): Column => ({ name, word: `studies.column.${name}` as Word, kind: 'count' })
const share = (name: keyof Figures): Column => ({ name, word: `studies.column.${name}` as Word, kind: 'share' })
const length = (name: keyof Figures): Column => ({ name, word: `studies.column.${name}` as Word, kind: 'length' })

const columns: Record<Measure, readonly Column[]> = {
  calls: [count('calls'), count('answered'), count('unanswered'), share('answeredShare')],
  answered: [share('answeredShare'), count('calls'), count('answered'), count('unanswered')],
  talk: [length('median'), length('ninetieth'), count('answered')],
  wait: [length('median'), length('ninetieth'), count('answered')],
  recorded: [share('recordedShare'), share('plannedShare'), count('recorded'), count('judged')],
}

/** Returns the table's columns for a measure; the first one is plotted. */
export function columnsOf(measure: Measure): readonly Column[] {
  return columns[measure]
}

/** Returns what is plotted: the first column, and the second as a mark if the first is compared with it. */
export function plottedColumns(measure: Measure): { value: Column; mark?: Column } {
  const [value, second] = columns[measure]
  return measure === 'calls' || measure === 'answered' ? { value: value! } : { value: value!, mark: second! }
}

/** Returns a figure as a number for the plot; undefined if too few calls make it. */
export function numberOf(figures: Figures | undefined, { name }: Column): number | undefined {
  const figure = figures?.[name]
  if (figure === null || figure === undefined) return undefined
  return typeof figure === 'number' ? figure : figure.seconds
}

/** Formats a figure; a dash if too few calls make it. */
export function figureText(figures: Figures | undefined, column: Column, language: Language, t: Translate): string {
  const number = numberOf(figures, column)
  if (number === undefined) return '–'
  const figure = figures?.[column.name]
  const written = writeNumber(number, column.kind, language)
  return typeof figure === 'object' && figure?.isAtLeast ? t('studies.atLeast', { length: written }) : written
}

export function writeNumber(number: number, kind: Column['kind'], language: Language): string {
  if (kind === 'count') return formatCount(number, language)
  return kind === 'share' ? formatShare(number, language) : formatLength(number * 1000)
}
