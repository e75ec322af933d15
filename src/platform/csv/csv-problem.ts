/** What is wrong with a file of rows, in words. In: a code, its row. Out: the problem. Never here: a text (texts/server/file.json). */
import texts from '#texts/server/file.json' with { type: 'json' }
import { sayInAll, type KeyOf, type Trilingual, type Values } from '../texts/texts.ts'

const say = sayInAll(texts)

type CodeOf<Key> = Key extends `file.${infer Code}` ? Code : never
type FileProblemCode = CodeOf<KeyOf<typeof texts>>
/** What is wrong with a row of a file of people, or of numbers. */
export type PeopleFileProblemCode = Extract<FileProblemCode, `person.${string}`>
export type NumbersFileProblemCode = Extract<FileProblemCode, `number.${string}`>

/** What is wrong with a file, and on which line of it (the heading is 1). */
export interface CsvProblem {
  row: number
  column?: string
  code: string
  message: Trilingual
}

/** Every row that is wrong; nothing of the file is taken over. */
export interface ImportRefused {
  refused: 'import.refused'
  problems: readonly CsvProblem[]
}

/** A problem of the file itself, in words. */
export function csvProblem(
  code: Extract<FileProblemCode, `csv.${string}`>,
  row: number,
  values: Values = {},
): CsvProblem {
  return fileProblem(code, row, undefined, { row, ...values })
}

/** A problem of a row, or of the file as a whole, in words. */
export function fileProblem(code: FileProblemCode, row: number, column?: string, values: Values = {}): CsvProblem {
  return { row, ...(column !== undefined && { column }), code, message: say(`file.${code}`, values) }
}
