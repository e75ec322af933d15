import { hashKey, useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import type { Contact, UnderPurpose } from '../api/shapes.ts'
import { queryOf, type Filters } from './filters.ts'

const pageSize = 50
/** Maximum of the register's count; it means this many or more. */
export const countedUpTo = 1_000

/**
 * Reads contacts by time, by keyset pagination, so that pages do not shift as new calls arrive. While the same search is read in
 * another order, its earlier page stays, and the focus with it.
 */
export function useContacts(
  under: UnderPurpose,
  filters: Filters,
  { order = 'newest', limit = pageSize }: { order?: 'newest' | 'oldest'; limit?: number | undefined } = {},
) {
  const found = useInfiniteQuery({
    queryKey: ['contacts', under, filters, order, limit],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        ...under,
        ...queryOf(filters),
        ...(order === 'oldest' && { order }),
        limit,
        ...(pageParam && { cursor: pageParam }),
      }
      const { data, error } = await api.GET('/api/contacts', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
    placeholderData: (before, query) =>
      query && hashKey(query.queryKey.slice(0, 3)) === hashKey(['contacts', under, filters]) ? before : undefined,
  })
  const contacts: Contact[] = found.data?.pages.flatMap((page) => page.items) ?? []
  return { ...found, contacts, approximateTotal: found.data?.pages[0]?.approximateTotal ?? 0 }
}
