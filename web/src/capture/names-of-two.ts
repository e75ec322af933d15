import type { CaptureNode } from './capture-shapes.ts'

/** Names that two recorders have which both answer: what one of them does cannot be told from what the other does. */
export function namesOfTwo(nodes: readonly Pick<CaptureNode, 'name' | 'state'>[]): string[] {
  const names = nodes.flatMap(({ name, state }) => (state === 'silent' || state === 'ended' ? [] : [name]))
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
}
