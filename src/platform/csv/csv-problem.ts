/** Problems of an imported file, as sentences; their texts are in texts/server/file.json. */
import texts from '#texts/server/file.json' with { type: 'json' }
import { trilingualTexts, type KeyOf, type Trilingual, type Values } from '../texts/texts.ts'

const t = trilingualTexts(texts)

type CodeOf<Key> = Key extends `file.${infer Code}` ? Code : never
type FileProblemCode = CodeOf<KeyOf<typeof texts>>
/** Codes of problems of a row, in a file of people or of numbers. */
export type PeopleFileProblemCode = Extract<FileProblemCode, `person.${string}`>
export type NumbersFileProblemCode = Extract<FileProblemCode, `number.${string}`>

/** A problem of a file, and its line (the heading is line 1). */
export interface CsvProblem {
  row: number
  column?: string
  code: string
  message: Trilingual
}

/** All rows with problems; nothing is imported. */
export interface ImportRefused {
  refused: 'import.refused'
  problems: readonly CsvProblem[]
}

/** Returns a problem of the file itself. */
export function csvProblem(
  code: Extract<FileProblemCode, `csv.${string}`>,
  row: number,
  values: Values = {},
): CsvProblem {
  return fileProblem(code, row, undefined, { row, ...values })
}

/** Returns a problem of a row or of the whole file. */
export function fileProblem(code: FileProblemCode, row: number, column?: string, values: Values = {}): CsvProblem {
  return { row, ...(column !== undefined && { column }), code, message: t(`file.${code}`, values) }
}
