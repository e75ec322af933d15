import { useState } from 'react'
import { useSnapshots } from '../live/use-snapshots.ts'
import type { Today } from './day-counts.ts'

/**
 * Streams counts of the day's calls by service number and unit, for the live view and the wall display; frozen while paused.
 * Without callers, officials and calls.
 */
export function useToday() {
  const [today, setToday] = useState<Today>()
  return { ...useSnapshots('/api/calls-today', 'today', setToday), today }
}
