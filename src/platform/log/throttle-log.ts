const everyMs = 60_000

/** Says each line once a minute at the most: whoever causes it again and again fills no log. */
export function throttleLog(say: (details: object, line: string) => void): (details: object, line: string) => void {
  const last = new Map<string, number>()
  return (details, line) => {
    if (performance.now() - (last.get(line) ?? -Infinity) < everyMs) return
    last.set(line, performance.now())
    say(details, line)
  }
}
