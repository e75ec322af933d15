import { $api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { seesAuthorityDisclosures, listsResearch } from './disclosure-shapes.ts'

type State = 'open' | 'over'

/** Reads disclosures for research, only for persons who may see them: a refusal would be logged. */
export function useResearchList(me: Me | undefined, state: State = 'open') {
  return $api.useQuery(
    'get',
    '/api/research-disclosures',
    { params: { query: { state } } },
    { enabled: me !== undefined && listsResearch(me), staleTime: 10_000 },
  )
}

/** Reads disclosures to authorities, and the statutory grounds in force. */
export function useAuthorityList(me: Me | undefined, state: State = 'open') {
  return $api.useQuery(
    'get',
    '/api/authority-disclosures',
    { params: { query: { state } } },
    { enabled: me !== undefined && seesAuthorityDisclosures(me), staleTime: 10_000 },
  )
}

export function useInstitutes(me: Me | undefined) {
  return $api.useQuery('get', '/api/institutes', undefined, {
    enabled: me !== undefined && listsResearch(me),
    staleTime: 10_000,
  })
}

/** Invalidates the lists after a change. */
export function invalidateLists(): void {
  for (const path of ['/api/research-disclosures', '/api/authority-disclosures', '/api/institutes']) {
    void queries.invalidateQueries({ queryKey: ['get', path] })
  }
}
