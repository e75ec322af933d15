import { useState } from 'react'
import { $api, api, queries } from '../api/client.ts'
import type { Draft, DraftChange, Problem } from '../api/shapes.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'

/** Result of a request. */
export type Answered = { draft: Draft } | { error: unknown }

const draftKey = (id: string) => ({ params: { path: { id } } })

/** Reads a draft; returns it with the requests that change it. Each request returns the changed draft, or the error. */
export function useDraft(id: string) {
  const {
    data: draft,
    error,
    refetch,
  } = $api.useQuery('get', '/api/description/drafts/{id}', draftKey(id), { staleTime: 0 })
  const [isBusy, setBusy] = useState(false)

  async function run(work: () => Promise<{ data?: Draft; error?: unknown }>): Promise<Answered> {
    setBusy(true)
    try {
      const { data, error } = await work()
      if (!data) return { error }
      queries.setQueryData($api.queryOptions('get', '/api/description/drafts/{id}', draftKey(id)).queryKey, data)
      void queries.invalidateQueries({ queryKey: ['get', '/api/description/drafts'] })
      if (data.state === 'APPROVED') void queries.invalidateQueries({ queryKey: ['get', '/api/description/versions'] })
      return { draft: data }
    } catch (error) {
      return { error }
    } finally {
      setBusy(false)
    }
  }

  const params = { path: { id } }
  return {
    draft,
    error,
    retry: () => void refetch(),
    /** Reads the current draft, whoever changed it last. */
    readAgain: async () => (await refetch()).data,
    isBusy,
    change: (body: DraftChange) => run(() => api.PATCH('/api/description/drafts/{id}', { params, body })),
    submit: (revision: number) =>
      run(() => api.POST('/api/description/drafts/{id}/submission', { params, body: { revision } })),
    withdrawSubmission: () => run(() => api.DELETE('/api/description/drafts/{id}/submission', { params })),
    withdraw: () => run(() => api.DELETE('/api/description/drafts/{id}', { params })),
    decide: (revision: number, decision: 'approve' | 'reject', note: string) =>
      run(() =>
        withPasskeyConfirmation<{ data?: Draft; error?: unknown }>({ act: `draft.${decision}`, id, revision }, () =>
          api.POST('/api/description/drafts/{id}/decision', {
            params,
            body: { revision, decision, ...(note.trim() !== '' && { note: note.trim() }) },
          }),
        ),
      ),
  }
}

/** Returns the problems of a draft. A missing effective date is not included: it is checked on submission. */
export function problemsOf(draft: Draft): Problem[] {
  return draft.problems.filter(({ field }) => draft.effectiveFrom !== undefined || field !== 'effectiveFrom')
}

/** Creates a draft from the newest version. */
export async function beginDraft(): Promise<Answered> {
  try {
    const { data, error } = await api.POST('/api/description/drafts')
    if (!data) return { error }
    void queries.invalidateQueries({ queryKey: ['get', '/api/description/drafts'] })
    return { draft: data }
  } catch (error) {
    return { error }
  }
}
