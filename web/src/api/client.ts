/** Typed client of the server's API and its query cache. */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import createClient, { type Middleware } from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import { recordServerTime, recordUse } from './server-time.ts'
import { hidesData, isRefusal } from './refusal.ts'
import { fetchWithProof } from './presence-proof.ts'
import type { paths } from './paths.ts'

const watch: Middleware = {
  onResponse({ request, response }) {
    recordServerTime(response.headers.get('date'))
    if (response.ok) recordUse()
    if (response.status === 401 && !new URL(request.url).pathname.startsWith('/api/session')) onSignedOut()
    return undefined
  },
  onError({ error }) {
    // No answer: pages handle it by a code, like a refusal.
    return isAbort(error) ? undefined : new NoAnswer()
  },
}

/** Error for a server that did not answer. */
export class NoAnswer extends Error {
  readonly error = { code: 'no-answer', message: 'The server did not answer.' }
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: fetchWithProof })
api.use(watch)

export const queries = new QueryClient({
  queryCache: new QueryCache({
    // Data that may no longer be seen is removed from the cache.
    onError: (error, query) => {
      if (hidesData(error)) query.setState({ data: undefined })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // Refusals are final; only a missing answer is retried.
      retry: (failures, error) => failures < 2 && !isRefusal(error),
    },
  },
})

/** React hooks for the contract's queries. */
export const $api = createQueryClient(api)

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

/** On 401 reads the session again; the shell then shows the sign-in page. */
function onSignedOut(): void {
  void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
}
