import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { fileProblem, type CsvProblem, type PeopleFileProblemCode } from '#platform/csv/csv-problem.ts'
import { readCsv, type CsvRow } from '#platform/csv/read-csv.ts'
import { readDay } from '#platform/csv/read-day.ts'
import {
  dayBegins,
  dayEnds,
  isStorable,
  isUserId,
  maxNameLength,
  nameOf,
  officialsPhone,
  userIdOf,
} from '../written-values.ts'

/** A row of a file of people. Members without a column are undefined; an empty cell is null or empty. */
export interface PersonRow {
  row: number
  userId: string
  name: string
  unit?: string | null
  /** User id. */
  supervisor?: string | null
  phones?: { written: string; key: PhoneNumberKey }[]
  employedFrom?: Temporal.Instant | undefined
  employedTo?: Temporal.Instant | null
}

const shape = {
  required: ['user_id', 'name'],
  optional: ['unit', 'supervisor', 'phone', 'employed_from', 'employed_to'],
}
const phoneSeparator = '|'

/**
 * Returns the rows of a CSV file of people, or every row that is invalid on its own; the rows together are checked elsewhere.
 */
export function readPeopleFile(
  content: Buffer,
  numbering: NumberingOptions,
): { rows: PersonRow[]; problems: CsvProblem[] } {
  const read = readCsv(content, shape)
  if (!read.ok) return { rows: [], problems: read.problems }
  const problems: CsvProblem[] = []
  const rowOf = new Map<string, number>()
  const rows: PersonRow[] = []
  for (const line of read.rows) {
    const found = readRow(line, numbering)
    problems.push(...found.problems)
    const { userId } = found.person
    const other = rowOf.get(userId)
    if (other !== undefined) problems.push(fileProblem('person.twice', line.row, 'user_id', { written: userId, other }))
    else if (userId !== '') {
      rowOf.set(userId, line.row)
      rows.push(found.person)
    }
  }
  return { rows, problems }
}

function readRow({ row, values }: CsvRow, numbering: NumberingOptions): { person: PersonRow; problems: CsvProblem[] } {
  const problems: CsvProblem[] = []
  const wrong = (column: string, code: PeopleFileProblemCode, more?: Record<string, string | number>) =>
    void problems.push(fileProblem(code, row, column, more))
  const text = (column: string): string => {
    const name = nameOf(values[column] ?? '')
    if (name.length > maxNameLength) wrong(column, 'person.text-too-long', { limit: maxNameLength })
    else if (!isStorable(name)) wrong(column, 'person.text-wrong')
    return name
  }
  const day = (column: string): Temporal.PlainDate | undefined => {
    const written = values[column] ?? ''
    const read = written === '' ? undefined : readDay(written)
    if (written !== '' && !read) wrong(column, 'person.not-a-day', { written })
    return read
  }

  const userId = userIdOf(values['user_id'] ?? '')
  if (userId === '') wrong('user_id', 'person.user-id-missing')
  else if (!isUserId(userId)) wrong('user_id', 'person.user-id-wrong', { written: userId })
  const person: PersonRow = { row, userId, name: text('name') }
  if (person.name === '') wrong('name', 'person.name-missing')
  if ('unit' in values) person.unit = text('unit') || null
  if ('supervisor' in values) person.supervisor = userIdOf(values['supervisor'] ?? '') || null
  if ('phone' in values) {
    person.phones = []
    for (const written of (values['phone'] ?? '').split(phoneSeparator).map((part) => part.trim())) {
      if (written === '') continue
      const key = officialsPhone(written, numbering)
      if (!key) wrong('phone', 'person.not-a-number', { written })
      else if (!person.phones.some((phone) => phone.key === key)) person.phones.push({ written, key })
    }
  }
  const [first, last] = [day('employed_from'), day('employed_to')]
  if (first) person.employedFrom = dayBegins(first)
  if ('employed_to' in values) person.employedTo = last ? dayEnds(last) : null
  if (first && last && Temporal.PlainDate.compare(first, last) > 0) wrong('employed_to', 'person.ends-before-it-begins')
  return { person, problems }
}
