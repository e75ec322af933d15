/**
 * Counts what a session holds open at once: a stream costs queries as long as it is open.
 * @param most of one session
 * @returns a function that opens one more, and returns the way to close it; undefined where the session has as many as it may
 */
export function limitOpen(most: number): (token: string) => (() => void) | undefined {
  const open = new Map<string, number>()
  return (token) => {
    const others = open.get(token) ?? 0
    if (others >= most) return undefined
    open.set(token, others + 1)
    return () => {
      const left = (open.get(token) ?? 1) - 1
      if (left > 0) open.set(token, left)
      else open.delete(token)
    }
  }
}
