/** Imports a CSV file of service numbers into a draft: the draft's list with those of the file, or every invalid row. */
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { readValidParts } from '#description/read-description.ts'
import { readText, maxCharacters } from '#description/read-text.ts'
import { languages, numberKinds } from '#description/closed-lists.ts'
import {
  fileProblem,
  type CsvProblem,
  type NumbersFileProblemCode,
  type ImportRefused,
} from '#platform/csv/csv-problem.ts'
import { readCsv, type CsvRow } from '#platform/csv/read-csv.ts'
import { readDay } from '#platform/csv/read-day.ts'
import { editDescription } from '#description/edit/edit-description.ts'
import { isStorable } from '../people/written-values.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { readDraft, type Draft, type DraftRefusal } from './draft.ts'
import { changeDraft } from './change-draft.ts'

/**
 * Imports the numbers of a CSV file into one's own draft, all or none (R7). Further needs of the draft, such as an
 * announcement, appear among its problems.
 */
export async function importNumbers(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, content }: { revision: number; content: Buffer },
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal | ImportRefused> {
  const draft = await readDraft(database, session, id, now)
  if ('refused' in draft) return draft
  // Before parsing: the draft may not be editable, or the revision may be outdated.
  if (!draft.mayEdit || draft.state !== 'DRAFT' || draft.revision !== revision) {
    return changeDraft(database, session, id, { revision }, now)
  }
  const read = readNumbersFile(content, draft.text)
  if (!read.ok) return { refused: 'import.refused', problems: read.problems }
  const text = editDescription(draft.text, [{ path: ['numbers'], value: read.numbers }])
  if (text.length > maxCharacters) {
    return { refused: 'import.refused', problems: [fileProblem('number.draft-too-long', 1)] }
  }
  return changeDraft(database, session, id, { revision, text }, now)
}

export type NumbersRead = { ok: true; numbers: unknown[] } | { ok: false; problems: CsvProblem[] }

const trilingual = (name: string) => languages.map((language) => `${name}_${language}`)
const shape = {
  required: ['number', 'kind', 'language', ...trilingual('name'), 'valid_from'],
  optional: [...trilingual('region'), 'valid_to'],
}
const maxProblems = 200
/** Sorts after every day. */
const noEnd = '9999-99-99'

/** First and last day, inclusive, as in the file and the draft: 2026-03-01. */
interface Validity {
  key: PhoneNumberKey
  from: string
  to: string
}

/**
 * Merges a file into a draft's list of numbers. A row with the number and first day of an entry replaces it; others are added.
 * Overlapping entries of a number are refused, within the file and with the draft's.
 */
export function readNumbersFile(content: Buffer, draftText: string): NumbersRead {
  const draft = numbersOf(draftText)
  if (!draft) return refuse([fileProblem('number.draft-unreadable', 1)])
  const read = readCsv(content, shape)
  if (!read.ok) return read
  const problems: CsvProblem[] = []
  const rows = read.rows.map((row) => readRow(row, draft.numbering, problems))
  const numbers = [...draft.numbers]
  const validities = numbers.map((entry) => validityOf(entry, draft.numbering))
  const rowOf = new Map<number, number>()
  const startOf = (one: Validity) => `${one.key} ${one.from}`
  const entriesAt = Map.groupBy(validities.keys(), (index) => validities[index] && startOf(validities[index]))
  for (const found of rows) {
    if (!found) continue
    const { row, validity, entry } = found
    const position = entriesAt.get(startOf(validity))?.shift() ?? numbers.length
    numbers[position] = entry
    validities[position] = validity
    rowOf.set(position, row)
  }
  const indexesOf = Map.groupBy(validities.keys(), (index) => validities[index]?.key)
  for (const [index, row] of rowOf) {
    if (problems.length >= maxProblems) break
    const mine = validities[index]!
    const written = displayPhoneNumber(mine.key, draft.numbering)
    for (const other of indexesOf.get(mine.key) ?? []) {
      const theirs = validities[other]
      if (other === index || !theirs || theirs.from > mine.to || mine.from > theirs.to) continue
      const otherRow = rowOf.get(other)
      if (otherRow === undefined) {
        problems.push(fileProblem('number.in-draft', row, 'valid_from', { written, since: theirs.from }))
      } else if (otherRow < row) {
        problems.push(fileProblem('number.twice-in-file', row, 'number', { written, other: otherRow }))
        break
      }
    }
  }
  return problems.length > 0 ? refuse(problems) : { ok: true, numbers }
}

function refuse(problems: CsvProblem[]): NumbersRead {
  return { ok: false, problems: problems.sort((a, b) => a.row - b.row).slice(0, maxProblems) }
}

/** Returns the draft's list as written, whatever else is wrong with the draft. */
function numbersOf(text: string): { numbers: unknown[]; numbering: NumberingOptions } | undefined {
  const reading = readText(text)
  if (!reading.ok) return undefined
  const { file } = reading.read
  const numbers = (file as { numbers?: unknown } | null)?.numbers ?? []
  if (!Array.isArray(numbers)) return undefined
  return { numbers, numbering: readValidParts(file).description.numbering ?? {} }
}

function validityOf(entry: unknown, numbering: NumberingOptions): Validity | undefined {
  const { number, validFrom, validTo } = (entry ?? {}) as Record<string, unknown>
  if (typeof number !== 'string' || typeof validFrom !== 'string') return undefined
  const { key } = normalisePhoneNumber(number, numbering)
  return key === null ? undefined : { key, from: validFrom, to: typeof validTo === 'string' ? validTo : noEnd }
}

function readRow({ row, values }: CsvRow, numbering: NumberingOptions, problems: CsvProblem[]) {
  const before = problems.length
  const wrong = (column: string, code: NumbersFileProblemCode, more: Record<string, string> = {}) => {
    problems.push(fileProblem(code, row, column, more))
  }
  const cell = (column: string): string => {
    const text = values[column] ?? ''
    if (!isStorable(text)) wrong(column, 'number.text-wrong')
    return text
  }
  const oneOf = <const Known extends string>(column: string, known: readonly Known[], code: NumbersFileProblemCode) => {
    const written = cell(column)
    const found = known.find((one) => one.toLowerCase() === written.toLowerCase())
    if (!found) wrong(column, code, { written, known: known.join(', ') })
    return found
  }
  const day = (column: string): string | undefined => {
    const written = cell(column)
    const found = written === '' ? undefined : readDay(written)
    if (written !== '' && !found) wrong(column, 'number.not-a-day', { written })
    return found?.toString()
  }
  const texts = (name: string, missing: NumbersFileProblemCode): Record<string, string> =>
    Object.fromEntries(
      languages.map((language) => {
        const text = cell(`${name}_${language}`)
        if (text === '') wrong(`${name}_${language}`, missing)
        return [language, text]
      }),
    )

  const written = cell('number')
  const { key } = normalisePhoneNumber(written, numbering)
  if (written === '') wrong('number', 'number.missing')
  else if (key === null) wrong('number', 'number.not-a-number', { written })
  const kind = oneOf('kind', numberKinds, 'number.kind')
  const language = oneOf('language', languages, 'number.language')
  const names = texts('name', 'number.name-missing')
  const regionColumns = trilingual('region')
  const region = kind === 'REGIONAL_SERVICE' ? texts('region', 'number.region-missing') : undefined
  if (kind && !region) {
    for (const column of regionColumns) if (cell(column) !== '') wrong(column, 'number.region-extra')
  }
  const [validFrom, validTo] = [day('valid_from'), day('valid_to')]
  if ((values['valid_from'] ?? '') === '') wrong('valid_from', 'number.from-missing')
  if (validFrom && validTo && validTo < validFrom) wrong('valid_to', 'number.ends-before-it-begins')
  if (problems.length > before || key === null || !validFrom) return undefined
  return {
    row,
    validity: { key, from: validFrom, to: validTo ?? noEnd },
    entry: {
      number: displayPhoneNumber(key, numbering),
      kind,
      language,
      ...(region && { region }),
      names,
      validFrom,
      ...(validTo && { validTo }),
    },
  }
}
