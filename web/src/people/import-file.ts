/** The columns of a file of people, in the order of the heading row that is offered. */
export const importColumns = [
  { column: 'user_id', needed: true },
  { column: 'name', needed: true },
  { column: 'unit', needed: false },
  { column: 'supervisor', needed: false },
  { column: 'phone', needed: false },
  { column: 'employed_from', needed: false },
  { column: 'employed_to', needed: false },
] as const

/** A file with the heading row alone: UTF-8 with its mark, so that spreadsheets read it as it is. */
export function headingRow(): string {
  const heading = importColumns.map(({ column }) => column).join(';')
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${heading}\r\n`)}`
}

const chunk = 0x8000

/** A file's bytes as they are, in base64: which encoding its text is in is for the server to find out. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk))
  return btoa(text)
}
