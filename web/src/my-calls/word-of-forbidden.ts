import type { Prohibition } from '../retention/retention-shapes.ts'

/** What came of a prohibition, so that it agrees with what the row says of its recording. */
export function wordOfForbidden(
  state: Prohibition['state'],
  { isGoingOn, isGone }: { isGoingOn: boolean; isGone: boolean },
) {
  if (state === 'executed' || isGone) return 'my-calls.forbid.done'
  if (state === 'waiting') return 'my-calls.forbid.waiting'
  return isGoingOn ? 'my-calls.forbid.blocked.now' : 'my-calls.forbid.blocked'
}
