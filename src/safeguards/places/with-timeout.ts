import { PlaceFault } from './place-faults.ts'

/**
 * Waits for the work for at most `limitMs`; the work itself continues.
 * @throws PlaceFault `place-slow`
 */
export async function withTimeout<Result>(work: Promise<Result>, limitMs: number, message: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PlaceFault('place-slow', message))
    }, limitMs)
  })
  try {
    return await Promise.race([work, timedOut])
  } finally {
    clearTimeout(timer)
  }
}
