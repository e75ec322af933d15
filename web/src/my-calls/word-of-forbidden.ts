import type { Prohibition } from '../retention/retention-shapes.ts'

/** What came of a prohibition, so that it agrees with what the row says of its recording. */
export function wordOfForbidden(
  state: Prohibition['state'],
  { isGoingOn, isGone }: { isGoingOn: boolean; isGone: boolean },
) {
  if (state === 'executed' || isGone) return 'forbid.done'
  if (state === 'waiting') return 'forbid.waiting'
  return isGoingOn ? 'forbid.blocked.now' : 'forbid.blocked'
}
