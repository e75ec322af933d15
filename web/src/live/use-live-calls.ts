import { useState } from 'react'
import type { LiveCalls, UnderPurpose } from '../api/shapes.ts'
import { nextRows, withoutEnded, type LiveRow } from './rows.ts'
import { useSnapshots } from './use-snapshots.ts'

/** Streams calls in progress; while paused, the rows are frozen and only changes are counted. */
export function useLiveCalls({ purpose, reference }: UnderPurpose) {
  const [rows, setRows] = useState<LiveRow[]>()
  const [at, setAt] = useState<string>()
  const query = new URLSearchParams({ purpose, ...(reference && { reference }) })
  const stream = useSnapshots(`/api/calls?${query.toString()}`, 'calls', (snapshot: LiveCalls) => {
    setRows((before) => nextRows(before ?? [], snapshot))
    setAt(snapshot.at)
  })
  return { ...stream, rows, at, clearEnded: () => setRows((before) => before && withoutEnded(before)) }
}
