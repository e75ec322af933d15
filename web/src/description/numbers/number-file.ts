/** Columns of a number file, in the order of the offered heading row. */
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

/** Returns a file with the heading row only: UTF-8 with a byte order mark, for spreadsheets. */
export function headingRow(): string {
  const heading = numberColumns.map(({ column }) => column).join(';')
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${heading}\r\n`)}`
}
