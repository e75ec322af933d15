import { isUtf8 } from 'node:buffer'
import { csvProblem, type CsvProblem } from './csv-problem.ts'

/** Matches mojibake: UTF-8 that was read as Windows-1252 and encoded again, Ã¤ for ä. */
export const mojibake = /Ã[\u0080-\u00BF„…†–‡]|Â[\u0080-\u00BF]|\uFFFD/u
const maxWordLength = 40

/**
 * Decodes UTF-8, without its byte order mark. For any other encoding returns the place of the fault and the likely encoding.
 */
export function decodeText(content: Buffer): { ok: true; text: string } | { ok: false; problem: CsvProblem } {
  if (isSpreadsheet(content)) return { ok: false, problem: csvProblem('csv.spreadsheet', 1) }
  if (isUtf16(content)) return { ok: false, problem: csvProblem('csv.encoding-utf-16', 1) }
  if (!isUtf8(content)) return { ok: false, problem: notUtf8(content) }
  const text = new TextDecoder('utf-8').decode(content)
  const broken = mojibake.exec(text)
  if (broken) {
    const row = text.slice(0, broken.index).split('\n').length
    return {
      ok: false,
      problem: csvProblem('csv.encoding-broken', row, { read: wordAt(text, broken.index, broken[0].length) }),
    }
  }
  return { ok: true, text }
}

/** Detects spreadsheets by their first bytes: a ZIP file (xlsx, ods) or a compound file (xls). */
function isSpreadsheet(content: Buffer): boolean {
  const start = content.subarray(0, 4).toString('hex')
  return start === '504b0304' || start === 'd0cf11e0'
}

/** Detects UTF-16 by its byte order mark, or by zero bytes, which UTF-8 text does not have. */
function isUtf16(content: Buffer): boolean {
  const mark = content.subarray(0, 2).toString('hex')
  return mark === 'fffe' || mark === 'feff' || content.includes(0)
}

function notUtf8(content: Buffer): CsvProblem {
  const at = firstWrongByte(content)
  const lineStart = content.lastIndexOf(0x0a, at - 1) + 1
  const row = content.subarray(0, at).filter((byte) => byte === 0x0a).length + 1
  const position = content.subarray(lineStart, at).toString('utf8').length + 1
  const lineEnd = content.indexOf(0x0a, at)
  const line = new TextDecoder('windows-1252').decode(
    content.subarray(lineStart, lineEnd === -1 ? content.length : lineEnd),
  )
  // In Windows-1252 one byte is one letter, so byte and letter offsets are equal.
  const index = at - lineStart
  return csvProblem('csv.encoding', row, { position, read: wordAt(line, index, 1) })
}

/** Returns the letters around an offset. */
function wordAt(text: string, index: number, length: number): string {
  const before = /[\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, index - maxWordLength), index))?.[0] ?? ''
  const after = /^[\p{L}\p{N}]*/u.exec(text.slice(index + length, index + length + maxWordLength))?.[0] ?? ''
  return before + text.slice(index, index + length) + after
}

/** Returns the offset of the first byte that is not UTF-8, by bisection. */
function firstWrongByte(content: Buffer): number {
  let good = 0
  let bad = content.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8(content.subarray(0, middle)) || endsWithin(content, middle)) good = middle
    else bad = middle
  }
  return good
}

/** Returns true if the cut is inside a character that the following bytes complete. */
function endsWithin(content: Buffer, cut: number): boolean {
  for (let more = 1; more <= 3 && cut + more <= content.length; more++) {
    if (isUtf8(content.subarray(0, cut + more))) return true
  }
  return false
}
