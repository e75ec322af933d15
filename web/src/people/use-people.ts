import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import type { PeopleFilters, Person } from './filters.ts'

const pageSize = 50

/** Prefix of all query keys of the directory, for invalidation. */
export const peopleKey = 'people'

/** Reads the directory by keyset pagination, and whether this person may change it. */
export function usePeople(filters: PeopleFilters) {
  const found = useInfiniteQuery({
    queryKey: [peopleKey, filters],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, limit: pageSize, ...(pageParam && { cursor: pageParam }) }
      const { data, error } = await api.GET('/api/people', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
  })
  const people: Person[] = found.data?.pages.flatMap((page) => page.items) ?? []
  const first = found.data?.pages[0]
  return { ...found, people, total: first?.total ?? 0, mayChange: first?.mayChange ?? false }
}
