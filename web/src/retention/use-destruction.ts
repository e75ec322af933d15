import { $api } from '../api/client.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import type { Destruction } from './retention-shapes.ts'

const pollMs = 3000
const maxPolls = 20

/** Reads how a recording was destroyed. Polls until its entry has its number in the ledger, for a minute at most. */
export function useDestruction(recordingId: string | undefined, under: UnderPurpose) {
  return $api.useQuery(
    'get',
    '/api/recordings/{id}/destruction',
    { params: { path: { id: recordingId ?? '' }, query: under } },
    {
      enabled: recordingId !== undefined,
      staleTime: 0,
      refetchInterval: ({ state }) => (isOnItsWay(state.data) && state.dataUpdateCount < maxPolls ? pollMs : false),
    },
  ).data
}

function isOnItsWay(destruction: Destruction | undefined): boolean {
  return destruction !== undefined && destruction.state !== 'held' && !destruction.entry
}
