/**
 * Returns PostgreSQL's message with its line. PostgreSQL counts an error's position in characters, from 1, over the whole text
 * sent.
 */
export function describeError(cause: unknown, statements: string): string {
  const { message = String(cause), position } = cause as { message?: string; position?: string }
  if (!position) return message
  const line = statements.slice(0, Number(position)).split('\n').length
  return `${message} (line ${line})`
}
