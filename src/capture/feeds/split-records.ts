/** One record of a file: its bytes, its line, its first byte, and the first byte after it. */
export interface FramedRecord {
  readonly bytes: Buffer
  /** Line in the file, from 1. */
  readonly line: number
  readonly from: number
  readonly to: number
  /** True if the record exceeds the maximum length, or has a quotation mark that is never closed. */
  readonly isInvalidInterval: boolean
}

const maxRecordBytes = 256 * 1024
/** Maximum number of line breaks in a record's quoted fields. */
const maxLines = 20
const newline = 0x0a
const quote = 0x22

/**
 * Splits `bytes` into records. `offset` and `line` are the position of `bytes` in the file. Ignores an unfinished line at the
 * end, unless `isLast`.
 */
export function splitRecords(
  bytes: Buffer,
  {
    offset,
    line,
    isQuoted,
    isLast,
    longest = maxRecordBytes,
  }: { offset: number; line: number; isQuoted: boolean; isLast: boolean; longest?: number | undefined },
): FramedRecord[] {
  const records: FramedRecord[] = []
  let from = 0
  let lineNow = line
  while (from < bytes.length) {
    const end = endOfRecord(from)
    if (end === undefined) break
    const recordBytes = bytes.subarray(from, end.to)
    records.push({
      bytes: recordBytes,
      line: lineNow,
      from: offset + from,
      to: offset + end.to,
      isInvalidInterval: end.isInvalidInterval,
    })
    lineNow += end.lines
    from = end.to
  }
  return records

  function endOfRecord(start: number): { to: number; lines: number; isInvalidInterval: boolean } | undefined {
    let firstEnd: number | undefined
    let quotes = 0
    let lines = 0
    let at = start
    for (;;) {
      const end = bytes.indexOf(newline, at)
      const isCut = end === -1
      const to = isCut ? bytes.length : end + 1
      if (isQuoted) for (let i = at; i < to; i++) if (bytes[i] === quote) quotes++
      const isOpen = quotes % 2 === 1
      const isInvalidInterval = to - start > longest || lines >= maxLines
      if (isCut && !isLast && !isInvalidInterval) return undefined
      if (!isCut) lines++
      if (!isOpen && !isInvalidInterval)
        return isCut && to === start ? undefined : { to, lines, isInvalidInterval: false }
      firstEnd ??= to
      // The quotation mark is never closed, so only the first line is unreadable, and reading continues after it.
      if (isInvalidInterval || isCut)
        return { to: firstEnd, lines: isCut && firstEnd === to ? 0 : 1, isInvalidInterval: true }
      at = to
    }
  }
}

/** Decodes UTF-8, or Windows-1252 if it is not valid UTF-8: no call is lost because of the encoding of a name. */
export function decodeRecord(bytes: Buffer): string {
  try {
    return strict.decode(bytes)
  } catch {
    return western.decode(bytes)
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })
const western = new TextDecoder('windows-1252')
