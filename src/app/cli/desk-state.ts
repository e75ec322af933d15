import { formatEndpoint, type Endpoint } from '#platform/config/addresses.ts'
import type { ActiveBlocker } from '../roles/read-health.ts'

/** State of a running desk and its dependencies: `/health/ready`. */
export interface DeskState {
  desk: 'ready' | 'not-ready' | 'does-not-answer'
  /** Why the desk does not answer: connection refused, or no answer in time. */
  silence: 'refused' | 'no-answer' | undefined
  missing: string[]
  /** Blockers; undefined if the desk does not answer. */
  blockers: ActiveBlocker[] | undefined
}

export const deskAnswerMs = 5_000

export async function readDeskState(http: Endpoint): Promise<DeskState> {
  try {
    const answer = await fetch(`http://${formatEndpoint(http)}/health/ready`, {
      signal: AbortSignal.timeout(deskAnswerMs),
    })
    const status = (await answer.json()) as { ready: boolean; missing?: string[]; blockers?: ActiveBlocker[] }
    const desk = status.ready ? 'ready' : 'not-ready'
    return { desk, silence: undefined, missing: status.missing ?? [], blockers: status.blockers }
  } catch (error) {
    const silence = (error as Error).name === 'TimeoutError' ? 'no-answer' : 'refused'
    return { desk: 'does-not-answer', silence, missing: [], blockers: undefined }
  }
}
