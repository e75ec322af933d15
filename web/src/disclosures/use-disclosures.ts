import { $api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { knowsOfAuthorities, listsResearch } from './disclosure-shapes.ts'

type State = 'open' | 'over'

/** Disclosures for research; asked only by who may see them, for a refusal is an entry in the log. */
export function useResearchList(me: Me | undefined, state: State = 'open') {
  return $api.useQuery(
    'get',
    '/api/research-disclosures',
    { params: { query: { state } } },
    { enabled: me !== undefined && listsResearch(me), staleTime: 10_000 },
  )
}

/** Disclosures to authorities, and the statutory grounds in force. */
export function useAuthorityList(me: Me | undefined, state: State = 'open') {
  return $api.useQuery(
    'get',
    '/api/authority-disclosures',
    { params: { query: { state } } },
    { enabled: me !== undefined && knowsOfAuthorities(me), staleTime: 10_000 },
  )
}

export function useInstitutes(me: Me | undefined) {
  return $api.useQuery('get', '/api/institutes', undefined, {
    enabled: me !== undefined && listsResearch(me),
    staleTime: 10_000,
  })
}

/** A disclosure has changed: the lists are asked anew. */
export function forgetLists(): void {
  for (const path of ['/api/research-disclosures', '/api/authority-disclosures', '/api/institutes']) {
    void queries.invalidateQueries({ queryKey: ['get', path] })
  }
}
