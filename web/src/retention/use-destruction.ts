import { $api } from '../api/client.ts'
import type { UnderPurpose } from '../api/shapes.ts'

const againMs = 3000
const againAtMost = 20

/** How a recording ended. While it is being destroyed it is asked again, for a minute at most: its places are reached by then. */
export function useDestruction(recordingId: string, under: UnderPurpose) {
  return $api.useQuery(
    'get',
    '/api/recordings/{id}/destruction',
    { params: { path: { id: recordingId }, query: under } },
    {
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data?.state === 'destroying' && state.dataUpdateCount < againAtMost ? againMs : false,
    },
  ).data
}
