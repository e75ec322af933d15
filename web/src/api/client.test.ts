import { expect, test, vi } from 'vitest'

test('removes content after a refusal, and keeps content if the server only fails to answer', async () => {
  vi.stubGlobal('window', { location: { origin: 'http://127.0.0.1' } })
  const { queries, NoAnswer } = await import('./client.ts')
  const queryKey = ['get', '/api/contacts/{id}']
  const after = async (error: unknown) => {
    queries.setQueryData(queryKey, { caller: '+358401234567' })
    const queryFn = () => {
      throw error
    }
    await queries.fetchQuery({ queryKey, queryFn, staleTime: 0, retry: false }).catch(() => undefined)
    return queries.getQueryState(queryKey)
  }
  for (const code of ['session.none', 'deny.role', 'not-found']) {
    expect(await after({ error: { code, message: '' } }), code).toMatchObject({ status: 'error', data: undefined })
  }
  for (const error of [{ error: { code: 'looks.too-many', message: '' } }, new NoAnswer()]) {
    expect(await after(error)).toMatchObject({ status: 'error', data: { caller: '+358401234567' } })
  }
  vi.unstubAllGlobals()
})
