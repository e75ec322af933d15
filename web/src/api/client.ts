/**
 * Talking to the server. In: calls of the contract. Out: their answers, typed. Never here: what an answer means to a
 * page.
 */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import createClient, { type Middleware } from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import { noteServerTime, noteUse } from './server-time.ts'
import { hidesData, isRefusal } from './refusal.ts'
import { fetchWithProof } from './presence-proof.ts'
import type { paths } from './paths.ts'

const watch: Middleware = {
  onResponse({ request, response }) {
    noteServerTime(response.headers.get('date'))
    if (response.ok) noteUse()
    if (response.status === 401 && !new URL(request.url).pathname.startsWith('/api/session')) onSignedOut()
    return undefined
  },
  onError({ error }) {
    // No answer at all: pages say so by the same code as a refusal's.
    return isAbort(error) ? undefined : new NoAnswer()
  },
}

/** The server did not answer. */
export class NoAnswer extends Error {
  readonly error = { code: 'no-answer', message: 'The server did not answer.' }
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: fetchWithProof })
api.use(watch)

export const queries = new QueryClient({
  queryCache: new QueryCache({
    // What may be seen no longer is shown no longer: no page goes on with what it had before.
    onError: (error, query) => {
      if (hidesData(error)) query.setState({ data: undefined })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // Refusals are answers; only silence is worth another try.
      retry: (failures, error) => failures < 2 && !isRefusal(error),
    },
  },
})

/** Queries of the contract as React hooks. */
export const $api = createQueryClient(api)

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

/** A 401 in the middle of work: who am I is asked again, and the shell shows the sign-in page. */
function onSignedOut(): void {
  void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
}
