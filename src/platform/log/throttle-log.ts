const everyMs = 60_000

/** Logs each line at most once a minute, so that a repeated cause does not fill the log. */
export function throttleLog(log: (details: object, line: string) => void): (details: object, line: string) => void {
  const last = new Map<string, number>()
  return (details, line) => {
    if (performance.now() - (last.get(line) ?? -Infinity) < everyMs) return
    last.set(line, performance.now())
    log(details, line)
  }
}
