import { $api } from '../api/client.ts'
import type { VersionText } from '../api/shapes.ts'

/** Returns the version in force with its text and parsed document. */
export function useInForce(): { version: VersionText | undefined; error: unknown; retry: () => void } {
  const versions = $api.useQuery('get', '/api/description/versions')
  const number = versions.data?.items.find(({ state }) => state === 'in-force')?.version
  const text = $api.useQuery(
    'get',
    '/api/description/versions/{version}',
    { params: { path: { version: number ?? 1 } } },
    { enabled: number !== undefined, staleTime: Infinity },
  )
  return {
    version: text.data,
    error: versions.error ?? text.error ?? undefined,
    retry: () => void (versions.error ? versions.refetch() : text.refetch()),
  }
}
