/** Columns of a file of persons, in the order of the offered heading row. */
export const importColumns = [
  { column: 'user_id', needed: true },
  { column: 'name', needed: true },
  { column: 'unit', needed: false },
  { column: 'supervisor', needed: false },
  { column: 'phone', needed: false },
  { column: 'employed_from', needed: true },
  { column: 'employed_to', needed: false },
] as const

/** Returns a file with the heading row only: UTF-8 with a byte order mark, for spreadsheets. */
export function headingRow(): string {
  const heading = importColumns.map(({ column }) => column).join(';')
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${heading}\r\n`)}`
}

const chunk = 0x8000

/** Returns a file's bytes in base64; the server detects the text encoding. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk))
  return btoa(text)
}
