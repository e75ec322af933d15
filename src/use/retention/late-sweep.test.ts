import { expect, test } from 'vitest'
import { lateSweep } from './read-retention.ts'

const at = (time: string) => Temporal.Instant.from(`2026-11-26T${time}Z`)
const asOf = at('12:00:00')

test('a late sweep is a blocker, whatever else runs', () => {
  const backup = { work: 'backup' as const, at: at('11:59:00') }
  const [late, ...others] = lateSweep([backup, { work: 'sweep', at: at('09:30:00') }], asOf)
  expect(late).toMatchObject({ kind: 'sweep-late', count: 0, since: at('09:30:00') })
  expect(others).toEqual([])
  expect(lateSweep([backup, { work: 'sweep', at: at('11:30:00') }], asOf)).toEqual([])
  expect(lateSweep([], asOf)).toEqual([])
})
