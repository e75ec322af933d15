/**
 * Splits one line of a list header at the commas outside quotes and angle brackets. Trims the values, and omits empty ones (an
 * empty `Supported:` has no value). A quote or bracket that never closes extends to the end of the line. Takes linear time.
 */
export function splitValues(line: string): string[] {
  const values: string[] = []
  let start = 0
  let quoted = false
  let bracketed = false
  const push = (end: number) => {
    const value = line.slice(start, end).trim()
    if (value !== '') values.push(value)
    start = end + 1
  }
  for (let i = 0; i < line.length; i++) {
    const char = line.charCodeAt(i)
    if (quoted) {
      if (char === 0x5c) i++
      else if (char === 0x22) quoted = false
    } else if (char === 0x22) quoted = true
    else if (char === 0x3c) bracketed = true
    else if (char === 0x3e) bracketed = false
    else if (char === 0x2c && !bracketed) push(i)
  }
  push(line.length)
  return values
}
