import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, api } from '../api/client.ts'
import type { AnonymisedCopy, TurnLanguage } from './copy-shapes.ts'
import { requestBodyOf, type Work } from './work.ts'

const pollMs = 1500

/** Returns the id of an item's copy. A recording has only one copy; the server creates it if it does not exist. */
export function useCopyId(disclosureId: string, item: number) {
  return useQuery({
    queryKey: ['anonymised-copy of', disclosureId, item],
    staleTime: Infinity,
    queryFn: async () => {
      const { data, error } = await api.POST('/api/research-disclosures/{id}/items/{item}/copy', {
        params: { path: { id: disclosureId, item } },
      })
      if (!data) throw error
      return data.id
    },
  })
}

/** Reads a copy; polls while it is rendered or its words are recognised. */
export function useCopy(id: string | undefined) {
  return $api.useQuery(
    'get',
    '/api/anonymised-copies/{id}',
    { params: { path: { id: id ?? '' } } },
    {
      enabled: id !== undefined,
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? pollMs : false),
    },
  )
}

function isUnderWay({ state, recognition }: AnonymisedCopy): boolean {
  return state === 'RENDERING' || recognition?.state === 'waiting' || recognition?.state === 'running'
}

/** Result of a request. */
type Answered<T> = { done: T } | { error: unknown }

/** Returns the requests of a copy's preparer, and which of them is in progress. */
export function usePreparing(id: string) {
  const [busyWith, setBusyWith] = useState<'saving' | 'proposing' | 'rendering'>()
  const params = { path: { id } }

  async function run<T>(action: NonNullable<typeof busyWith>, request: () => Promise<{ data?: T; error?: unknown }>) {
    setBusyWith(action)
    try {
      const { data, error } = await request()
      return error === undefined ? { done: data as T } : { error }
    } catch (error) {
      return { error }
    } finally {
      setBusyWith(undefined)
    }
  }

  return {
    busyWith,
    save: (revision: number, work: Work): Promise<Answered<{ revision: number }>> =>
      run('saving', () =>
        api.PUT('/api/anonymised-copies/{id}', { params, body: { revision, ...requestBodyOf(work) } }),
      ),
    propose: (work: Work): Promise<Answered<Pick<AnonymisedCopy, 'turns' | 'redactions'>>> =>
      run('proposing', () =>
        api.POST('/api/anonymised-copies/{id}/proposals', { params, body: { turns: requestBodyOf(work).turns } }),
      ),
    recognise: (language: TurnLanguage): Promise<Answered<unknown>> =>
      run('proposing', () => api.POST('/api/anonymised-copies/{id}/recognition', { params, body: { language } })),
    render: (revision: number): Promise<Answered<unknown>> =>
      run('rendering', () => api.POST('/api/anonymised-copies/{id}/rendering', { params, body: { revision } })),
  }
}
