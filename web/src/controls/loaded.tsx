import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Waiting } from './waiting.tsx'

interface Query<Data> {
  data: Data | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Content of a query, once it is there; before that a skeleton, or the reason why it cannot be shown. */
export function Loaded<Data>({
  query: { data, error, isPending, refetch },
  lines = 6,
  children,
}: {
  query: Query<Data>
  /** Lines of the skeleton. */
  lines?: number
  children?: (data: Data) => ReactNode
}) {
  return (
    <>
      {isPending && <Waiting lines={lines} />}
      {error != null && <Failure error={error} onAgain={() => void refetch()} />}
      {data !== undefined && children?.(data)}
    </>
  )
}
