/**
 * Limits the number of open streams per session, because each costs queries while it is open.
 * @param max per session
 * @returns a function that counts a new stream and returns a function to call when it closes; undefined beyond the limit
 */
export function limitOpenStreams(max: number): (token: string) => (() => void) | undefined {
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
