import type { Counted, Grouping } from './reconciliation-shapes.ts'

const summed = [
  'told',
  'expected',
  'recorded',
  'forbidden',
  'missing',
  'missingExplained',
  'waiting',
  'untold',
  'untoldExplained',
  'notYetTold',
] as const

export type Sums = Record<(typeof summed)[number], number>
export interface SummedRow {
  key: string
  sums: Sums
  numberName: Counted['numberName']
}

const nothing = Object.fromEntries(summed.map((key) => [key, 0])) as Sums

/** Sums counts by day (newest first), number or feed, and in total. */
export function sumCounts(counts: readonly Counted[], by: Grouping): { rows: SummedRow[]; total: Sums } {
  const rows = new Map<string, SummedRow>()
  let total = nothing
  for (const count of counts) {
    const key = count[by]
    const row = rows.get(key) ?? { key, sums: nothing, numberName: undefined }
    rows.set(key, {
      key,
      sums: added(row.sums, count),
      numberName: by === 'number' ? (row.numberName ?? count.numberName) : undefined,
    })
    total = added(total, count)
  }
  const order = by === 'day' ? -1 : 1
  return { rows: [...rows.values()].sort((a, b) => (a.key < b.key ? -order : order)), total }
}

function added(one: Sums, other: Sums): Sums {
  return Object.fromEntries(summed.map((key) => [key, one[key] + other[key]])) as Sums
}
