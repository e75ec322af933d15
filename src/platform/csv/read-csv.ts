/**
 * A CSV file as people send it. In: the bytes. Out: rows by their columns' names, or everything that is wrong with the
 * file, each with its row, in Finnish, Swedish and English. Never here: a guess at an encoding (a wrong letter in a name
 * is worse than a file sent again), half a file, or what the columns mean.
 */
import { CsvError, parse } from 'csv-parse/sync'
import { csvProblem, type CsvProblem } from './csv-problem.ts'
import { decodeText } from './decode-text.ts'

export interface CsvRow {
  /** Line of the file on which it begins; the heading is 1. */
  row: number
  /** By the column's name; trimmed, in Unicode's composed form. An empty cell is ''. */
  values: Record<string, string>
}

export type ReadCsv = { ok: true; columns: string[]; rows: CsvRow[] } | { ok: false; problems: CsvProblem[] }

export interface CsvShape {
  /** Columns that must be there. */
  required?: readonly string[]
  /** Columns that may be there; without this, any others. */
  optional?: readonly string[]
}

const largestBytes = 5 * 1024 * 1024
const mostRows = 20_000
/** With empty ones, and those within cells: splitting a file takes time for each. */
const mostLines = 100_000
const longestCell = 2000
const longestHeading = 10_000
const mostProblems = 200

/**
 * Reads UTF-8, with or without its mark, separated by `;` or `,`, quoted as in RFC 4180. The first line names the
 * columns, in any case and order; rows without a value are passed over.
 */
export function readCsv(content: Buffer, { required = [], optional }: CsvShape = {}): ReadCsv {
  if (content.length > largestBytes) {
    return refuse(csvProblem('csv.too-long', 1, { limit: `${largestBytes / 1024 / 1024} MB` }))
  }
  const decoded = decodeText(content)
  if (!decoded.ok) return refuse(decoded.problem)
  if (hasMoreLines(decoded.text, mostLines)) return refuse(csvProblem('csv.too-long', 1, { limit: String(mostRows) }))
  const records = split(decoded.text)
  if ('code' in records) return refuse(records)
  const [heading, ...body] = records
  if (!heading) return refuse(csvProblem('csv.empty', 1))

  const columns = withoutTail(heading.cells.map((name) => name.toLowerCase()))
  const problems = checkColumns(columns, heading.row, required, optional)
  if (problems.length > 0) return { ok: false, problems }
  const filled = body.filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (filled.length === 0) return refuse(csvProblem('csv.empty', heading.row))
  if (filled.length > mostRows) {
    return refuse(csvProblem('csv.too-long', filled[mostRows]?.row ?? 1, { limit: String(mostRows) }))
  }
  const rows = filled.map(({ row, cells }) => {
    if (cells.length < columns.length || cells.slice(columns.length).some((cell) => cell !== '')) {
      problems.push(csvProblem('csv.fields', row, { found: cells.length, expected: columns.length }))
    }
    columns.forEach((column, index) => {
      if ((cells[index] ?? '').length > longestCell) {
        problems.push({ ...csvProblem('csv.cell-too-long', row, { limit: longestCell }), column })
      }
    })
    return { row, values: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) }
  })
  return problems.length > 0 ? { ok: false, problems: problems.slice(0, mostProblems) } : { ok: true, columns, rows }
}

function refuse(problem: CsvProblem): ReadCsv {
  return { ok: false, problems: [problem] }
}

function hasMoreLines(text: string, most: number): boolean {
  const ends = /\r\n?|\n/g
  for (let lines = 0; lines < most; lines++) if (!ends.test(text)) return false
  return true
}

type Cells = { row: number; cells: string[] }

/** Every record with the line it begins on, or the quotation mark that does not fit. */
function split(text: string): Cells[] | CsvProblem {
  // What Excel writes in front for itself.
  const told = /^sep=(.)\r?\n/.exec(text)
  const rest = told ? text.slice(told[0].length) : text
  const records: Cells[] = []
  let next = told ? 2 : 1
  try {
    parse(rest, {
      delimiter: told?.[1] ?? separatorOf(rest),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], { lines }: { lines: number }) => {
        records.push({ row: next, cells: cells.map((cell) => cell.normalize('NFC').trim()) })
        next = lines + (told ? 2 : 1)
        return undefined
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return csvProblem('csv.quote', next)
  }
  return records
}

/** The one that the first line has more of, outside quotation marks. */
function separatorOf(text: string): ';' | ',' {
  const start = text.slice(0, longestHeading)
  const line = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(start)?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '')
  return line.split(';').length >= line.split(',').length ? ';' : ','
}

/** Spreadsheets write separators behind the last column. */
function withoutTail(names: string[]): string[] {
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
