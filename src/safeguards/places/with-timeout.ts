import { PlaceFault } from './place-faults.ts'

/**
 * Returns the result of the work unless it is late; the work itself continues.
 * @throws PlaceFault `place-slow`
 */
export async function withTimeout<Result>(work: Promise<Result>, limitMs: number, late: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PlaceFault('place-slow', late))
    }, limitMs)
  })
  try {
    return await Promise.race([work, timedOut])
  } finally {
    clearTimeout(timer)
  }
}
