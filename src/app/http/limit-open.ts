/**
 * Limits the streams open in a session: each costs queries while it is open.
 * @param max per session
 * @returns a function that opens one and returns how to close it; undefined beyond the limit
 */
export function limitOpen(max: number): (token: string) => (() => void) | undefined {
  const open = new Map<string, number>()
  return (token) => {
    const others = open.get(token) ?? 0
    if (others >= max) return undefined
    open.set(token, others + 1)
    return () => {
      const left = (open.get(token) ?? 1) - 1
      if (left > 0) open.set(token, left)
      else open.delete(token)
    }
  }
}
