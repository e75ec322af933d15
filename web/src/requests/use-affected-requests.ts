import { $api } from '../api/client.ts'
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'

export type AffectedRequest =
  paths['/api/pending-rights']['get']['responses'][200]['content']['application/json']['items'][number]

/** Returns open requests affected by coming changes of the description; none for persons who serve none. */
export function useAffectedRequests(me: Me) {
  return $api.useQuery('get', '/api/pending-rights', undefined, {
    enabled: hasRole(me, 'SERVICE_UNIT'),
    staleTime: 0,
  })
}

export const isUndecided = ({ isHeardBefore, told: reported }: AffectedRequest) =>
  !isHeardBefore && reported === undefined
