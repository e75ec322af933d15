import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { useLanguage } from '../language/use-words.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'
import type { RightRequest } from './rights-shapes.ts'
import { refusalIn } from './rights-words.ts'

/** Person for whom the decision failed, and why. */
export interface Undecided {
  id: string
  name: string
  text: string
}

/** Decides on requests one after another: a failure for one person does not stop the others. */
export function useDecide() {
  const { t } = useLanguage()
  const client = useQueryClient()
  const [left, setLeft] = useState<number>()
  const [undecided, setUndecided] = useState<Undecided[]>([])

  const decide = async (requests: readonly RightRequest[], approve: boolean, note: string): Promise<number> => {
    const failed: Undecided[] = []
    setUndecided([])
    for (const [index, { id, person }] of requests.entries()) {
      setLeft(requests.length - index)
      const body = { approve, ...(note.trim() && { note: note.trim() }) }
      const error = await decideOne(id, body)
      if (error !== undefined) failed.push({ id, name: person.name, text: refusalIn(error, t).text })
    }
    setLeft(undefined)
    setUndecided(failed)
    await invalidateRights(client)
    return requests.length - failed.length
  }
  return { decide, left, undecided }
}

async function decideOne(id: string, body: { approve: boolean; note?: string }): Promise<unknown> {
  try {
    // A person with a passkey confirms each decision with it.
    const confirmation = { act: body.approve ? 'right.approve' : 'right.reject', id, revision: 0 } as const
    const { error } = await withPasskeyConfirmation(confirmation, () =>
      api.POST('/api/rights/requests/{id}/decision', { params: { path: { id } }, body }),
    )
    return error
  } catch (error) {
    return error ?? new Error('no answer')
  }
}

/** Invalidates everything read about rights, including one's own. */
export async function invalidateRights(client: ReturnType<typeof useQueryClient>): Promise<void> {
  await client.invalidateQueries({
    predicate: ({ queryKey: [first, path] }) =>
      first === 'rights' || (typeof path === 'string' && (path.startsWith('/api/rights') || path === '/api/session')),
  })
}
