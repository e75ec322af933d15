import type { Prohibition } from '../retention/retention-shapes.ts'

/** Returns the text key of a prohibition, consistent with the row's recording state. */
export function prohibitionTextKey(
  state: Prohibition['state'],
  { isOngoing, isGone }: { isOngoing: boolean; isGone: boolean },
) {
  if (state === 'executed' || isGone) return 'my-calls.forbid.done'
  if (state === 'waiting') return 'my-calls.forbid.waiting'
  return isOngoing ? 'my-calls.forbid.blocked.now' : 'my-calls.forbid.blocked'
}
