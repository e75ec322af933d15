const shownElsewhere = new Set(['level', 'time', 'name', 'msg', 'err', 'error'])

/** Formats a JSON line of the log as a short one: time of day, level unless info, process, message, details. */
export function prettyLine(json: string): string {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(json) as Record<string, unknown>
  } catch {
    return json
  }
  const details = Object.entries(entry)
    .filter(([key]) => !shownElsewhere.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const failure = (entry['err'] ?? entry['error']) as
    { code?: string; message?: string; remedy?: string; stack?: string } | undefined
  const parts = [
    text(entry['time']).slice(11, 19),
    entry['level'] === 'info' ? '' : text(entry['level']).toUpperCase(),
    text(entry['name']),
    text(entry['msg']),
    ...details,
    failure ? `(${[failure.code, failure.message].filter((part) => part !== undefined).join(': ')})` : '',
    failure?.remedy ?? '',
  ]
  const line = parts.filter((part) => part !== '').join('  ')
  return `${line.replaceAll(/\s*\n\s*/g, ' ')}\n`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
