/**
 * Parses a CSV file. Returns rows by column name, or all problems of the file with their rows in Finnish, Swedish and English.
 * It never guesses an encoding (a wrong letter in a name is worse than a file sent again) and never returns half a file.
 */
import { CsvError, parse } from 'csv-parse/sync'
import { csvProblem, type CsvProblem } from './csv-problem.ts'
import { decodeText } from './decode-text.ts'

export interface CsvRow {
  /** Line on which the row begins; the heading is line 1. */
  row: number
  /** By column name; trimmed, NFC. An empty cell is ''. */
  values: Record<string, string>
}

export type ReadCsv = { ok: true; columns: string[]; rows: CsvRow[] } | { ok: false; problems: CsvProblem[] }

export interface CsvShape {
  /** Required columns. */
  required?: readonly string[]
  /** Optional columns; if absent, any other column is allowed. */
  optional?: readonly string[]
}

const maxBytes = 5 * 1024 * 1024
const maxRows = 20_000
/** Includes empty lines and line breaks within cells: parsing takes time for each. */
const maxLines = 100_000
const maxCellLength = 2000
const maxHeadingLength = 10_000
const maxProblems = 200

/**
 * Reads UTF-8, with or without a byte order mark, separated by `;` or `,`, quoted as in RFC 4180. The first line names the
 * columns, in any case and order; empty rows are skipped.
 */
export function readCsv(content: Buffer, { required = [], optional }: CsvShape = {}): ReadCsv {
  if (content.length > maxBytes) {
    return refuse(csvProblem('csv.too-long', 1, { limit: `${maxBytes / 1024 / 1024} MB` }))
  }
  const decoded = decodeText(content)
  if (!decoded.ok) return refuse(decoded.problem)
  if (hasMoreLines(decoded.text, maxLines)) return refuse(csvProblem('csv.too-long', 1, { limit: String(maxRows) }))
  const records = split(decoded.text)
  if ('code' in records) return refuse(records)
  const [heading, ...body] = records
  if (!heading) return refuse(csvProblem('csv.empty', 1))

  const columns = withoutTrailingEmpty(heading.cells.map((name) => name.toLowerCase()))
  const problems = checkColumns(columns, heading.row, required, optional)
  if (problems.length > 0) return { ok: false, problems }
  const filled = body.filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (filled.length === 0) return refuse(csvProblem('csv.empty', heading.row))
  if (filled.length > maxRows) {
    return refuse(csvProblem('csv.too-long', filled[maxRows]?.row ?? 1, { limit: String(maxRows) }))
  }
  const rows = filled.map(({ row, cells }) => {
    if (cells.length < columns.length || cells.slice(columns.length).some((cell) => cell !== '')) {
      problems.push(csvProblem('csv.fields', row, { found: cells.length, expected: columns.length }))
    }
    columns.forEach((column, index) => {
      if ((cells[index] ?? '').length > maxCellLength) {
        problems.push({ ...csvProblem('csv.cell-too-long', row, { limit: maxCellLength }), column })
      }
    })
    return { row, values: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) }
  })
  return problems.length > 0 ? { ok: false, problems: problems.slice(0, maxProblems) } : { ok: true, columns, rows }
}

function refuse(problem: CsvProblem): ReadCsv {
  return { ok: false, problems: [problem] }
}

function hasMoreLines(text: string, max: number): boolean {
  const ends = /\r\n?|\n/g
  for (let lines = 0; lines < max; lines++) if (!ends.test(text)) return false
  return true
}

type Cells = { row: number; cells: string[] }

/** Returns every record with its first line, or the unbalanced quotation mark. */
function split(text: string): Cells[] | CsvProblem {
  // Written by Excel.
  const separatorLine = /^sep=(.)\r?\n/.exec(text)
  const rest = separatorLine ? text.slice(separatorLine[0].length) : text
  const records: Cells[] = []
  let next = separatorLine ? 2 : 1
  try {
    parse(rest, {
      delimiter: separatorLine?.[1] ?? separatorOf(rest),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], { lines }: { lines: number }) => {
        records.push({ row: next, cells: cells.map((cell) => cell.normalize('NFC').trim()) })
        next = lines + (separatorLine ? 2 : 1)
        return undefined
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return csvProblem('csv.quote', next)
  }
  return records
}

/** Returns the separator that is more frequent in the first line, outside quotes. */
function separatorOf(text: string): ';' | ',' {
  const start = text.slice(0, maxHeadingLength)
  const line = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(start)?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '')
  return line.split(';').length >= line.split(',').length ? ';' : ','
}

/** Spreadsheets write trailing separators. */
function withoutTrailingEmpty(names: string[]): string[] {
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1)
}

function checkColumns(
  columns: readonly string[],
  row: number,
  required: readonly string[],
  optional: readonly string[] | undefined,
): CsvProblem[] {
  const missing = required.filter((name) => !columns.includes(name))
  const twice = columns.filter((name, index) => columns.indexOf(name) < index)
  const unknown = columns.filter(
    (name) => name === '' || (optional !== undefined && !required.includes(name) && !optional.includes(name)),
  )
  return [
    ...missing.map((column) => ({ ...csvProblem('csv.column-missing', row, { column }), column })),
    ...twice.map((column) => ({ ...csvProblem('csv.column-twice', row, { column }), column })),
    ...unknown.map((column) => ({
      ...csvProblem('csv.column-unknown', row, { column, known: [...required, ...(optional ?? [])].join(', ') }),
      column,
    })),
  ]
}
