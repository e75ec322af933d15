import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#platform/fault.ts'
import { lineOf } from './doctor/finding.ts'

/** Errors of a database that is down or starting; other errors are permanent. */
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  '57P03',
])

/**
 * Waits until the database answers, at most `seconds`.
 * @throws the last error
 */
export async function waitForDatabase(query: () => Promise<unknown>, seconds: number, pauseMs = 5_000): Promise<void> {
  if (!(seconds > 0)) throw new Fault('argument-wrong', '--wait needs a number of seconds above 0')
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    try {
      await query()
      return
    } catch (error) {
      if (!unavailableCodes.has((error as { code?: string }).code ?? '') || performance.now() > deadline) throw error
      console.log(`the database does not answer (${lineOf(error)}); trying again`)
    }
    await wait(pauseMs)
  }
}
