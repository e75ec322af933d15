import { formatEndpoint, type Endpoint } from '#platform/config/addresses.ts'
import type { StandingBlocker } from '../roles/read-health.ts'

/** What a running desk says of itself and of what it works with: `/health/ready`. */
export interface DeskState {
  desk: 'ready' | 'not-ready' | 'does-not-answer'
  /** Of a desk that does not answer: nothing listens there, or something does and says nothing in time. */
  silence: 'refused' | 'no-answer' | undefined
  missing: string[]
  /** What stands still; nothing where the desk does not answer. */
  blockers: StandingBlocker[] | undefined
}

export const deskAnswerMs = 5_000

export async function askDesk(http: Endpoint): Promise<DeskState> {
  try {
    const answer = await fetch(`http://${formatEndpoint(http)}/health/ready`, {
      signal: AbortSignal.timeout(deskAnswerMs),
    })
    const told = (await answer.json()) as { ready: boolean; missing?: string[]; blockers?: StandingBlocker[] }
    const desk = told.ready ? 'ready' : 'not-ready'
    return { desk, silence: undefined, missing: told.missing ?? [], blockers: told.blockers }
  } catch (error) {
    const silence = (error as Error).name === 'TimeoutError' ? 'no-answer' : 'refused'
    return { desk: 'does-not-answer', silence, missing: [], blockers: undefined }
  }
}
