import { useQueries, useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { logQueryOf, type LogFilters } from './log-filters.ts'
import type { LogEntry } from './log-shapes.ts'
import { blocksOf, type Visible } from './visible-rows.ts'

const blockSize = 200
/** Maximum of scrollable rows; the server counts no further. */
export const maxRows = 100_000

async function readBlock(filters: LogFilters, part: { cursor?: string; skip?: number }, signal: AbortSignal) {
  const query = { ...logQueryOf(filters), ...part, limit: blockSize }
  const { data, error } = await api.GET('/api/log', { params: { query }, signal })
  if (!data) throw error
  return data
}

/**
 * Reads the log as one long list, fetching only visible blocks. New entries move nothing: each block is counted from the newest
 * entry when the list was opened.
 */
export function useLog(filters: LogFilters, seen: Visible) {
  const { entry: _, ...request } = filters
  const key = ['log', request]
  const first = useQuery({
    queryKey: [...key, 'first'],
    queryFn: ({ signal }) => readBlock(request, {}, signal),
    staleTime: Infinity,
  })
  const { anchor } = first.data ?? {}
  const blocks = anchor === undefined ? [] : blocksOf(seen, blockSize).filter((block) => block > 0)
  const others = useQueries({
    queries: blocks.map((block) => ({
      queryKey: [...key, anchor, block],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        readBlock(request, { cursor: anchor!, skip: block * blockSize }, signal),
      staleTime: Infinity,
    })),
  })
  const rowAt = (row: number): LogEntry | undefined => {
    const block = Math.floor(row / blockSize)
    const page = block === 0 ? first.data : others[blocks.indexOf(block)]?.data
    return page?.items[row % blockSize]
  }
  return {
    isPending: first.isPending,
    isSuccess: first.isSuccess,
    error: first.error ?? others.find((one) => one.error)?.error ?? undefined,
    count: Math.min(maxRows, first.data?.approximateTotal ?? 0),
    retry: () => void first.refetch(),
    rowAt,
  }
}
