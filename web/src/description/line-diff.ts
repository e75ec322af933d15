import { diffLines } from 'diff'

export type DiffLine =
  | { kind: 'same'; before: number; after: number; text: string }
  | { kind: 'removed'; before: number; text: string }
  | { kind: 'added'; after: number; text: string }
  /** Number of unchanged lines left out. */
  | { kind: 'left-out'; count: number }

/** Returns the line diff of a text, with `around` unchanged lines around each change. Lines from 1. */
export function lineDiff(before: string, after: string, around = 3): DiffLine[] {
  const lines: DiffLine[] = []
  let left = 1
  let right = 1
  for (const part of diffLines(before, after)) {
    for (const text of part.value.replace(/\n$/, '').split('\n')) {
      if (part.removed) lines.push({ kind: 'removed', before: left++, text })
      else if (part.added) lines.push({ kind: 'added', after: right++, text })
      else lines.push({ kind: 'same', before: left++, after: right++, text })
    }
  }
  return leaveOut(lines, around)
}

function leaveOut(lines: DiffLine[], around: number): DiffLine[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.kind !== 'same'),
  )
  const shown: DiffLine[] = []
  lines.forEach((line, index) => {
    if (isNear[index]) return shown.push(line)
    const last = shown.at(-1)
    if (last?.kind === 'left-out') last.count += 1
    else shown.push({ kind: 'left-out', count: 1 })
    return undefined
  })
  return shown
}
