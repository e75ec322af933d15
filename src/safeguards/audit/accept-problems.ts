/**
 * Accepts problems of a verification that are not a break, with an operator's reason: appends entries that the verifier takes
 * into account. Repairs nothing.
 */
import type { SafeguardsDatabase } from '../tables.ts'
import type { Signer } from './note.ts'
import { appendAccepted, writeRange } from './resume.ts'
import type { Problem, Report } from './verify/report.ts'
import { acceptable } from './verify/separate-accepted.ts'

/** Splits a report's problems into those that an operator can accept, and the others. */
export function splitAcceptable({ problems }: Report): { explainable: Problem[]; others: Problem[] } {
  const isAcceptable = ({ code }: Problem) =>
    acceptable.has(code) || code === 'entry-order' || code === 'checkpoint-order'
  return { explainable: problems.filter(isAcceptable), others: problems.filter((problem) => !isAcceptable(problem)) }
}

/** Accepts problems that are not a break: entries out of order, lost or altered. */
export async function acceptProblems(
  database: SafeguardsDatabase,
  signer: Signer,
  report: Report,
  { reason, by }: { reason: string; by: string },
): Promise<void> {
  const { explainable } = splitAcceptable(report)
  const named = explainable.filter(({ code }) => acceptable.has(code))
  const indexes = named.flatMap(({ leaf }) => leaf ?? [])
  const seqs = named.flatMap(({ leaf, seq }) => (leaf === undefined && seq !== undefined ? String(seq) : []))
  const kinds = [...new Set(explainable.map(({ code }) => code))]
  await appendAccepted(database, signer, { kinds, indexes: rangesOf(indexes), seqs, reason, by, ...report.outOfOrder })
}

function rangesOf(indexes: readonly number[]): string[] {
  const ranges: [from: number, to: number][] = []
  for (const index of indexes.toSorted((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last && index <= last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(writeRange)
}
