/** The columns of a file of numbers, in the order of the heading row that is offered. */
export const numberColumns = [
  { column: 'number', needed: true },
  { column: 'kind', needed: true },
  { column: 'language', needed: true },
  { column: 'name_fi', needed: true },
  { column: 'name_sv', needed: true },
  { column: 'name_en', needed: true },
  { column: 'region_fi', needed: false },
  { column: 'region_sv', needed: false },
  { column: 'region_en', needed: false },
  { column: 'valid_from', needed: true },
  { column: 'valid_to', needed: false },
] as const

/** A file with the heading row alone: UTF-8 with its mark, so that spreadsheets read it as it is. */
export function headingRow(): string {
  const heading = numberColumns.map(({ column }) => column).join(';')
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${heading}\r\n`)}`
}
