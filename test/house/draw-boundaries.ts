// Draws the imports between folders as a Mermaid diagram, from the import graph. Every arrow is an import.
import { execFileSync } from 'node:child_process'

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[]
}

/** Folders in the order of the rules, so that every arrow points down. */
const order = [
  'web',
  'test/simulator',
  'app',
  'capture',
  'use',
  'destruction',
  'register',
  'safeguards',
  'description',
  'platform',
]

/**
 * Returns the diagram for ARCHITECTURE.md: a Mermaid block, one box for each folder, one arrow for each pair with an
 * import.
 */
export function drawBoundaries(): string {
  return draw(readGraph())
}

function readGraph(): Cruise {
  const json = execFileSync(
    'depcruise',
    [
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      '--include-only',
      '^(src|web/src|test/simulator)/',
      '--exclude',
      '[.]test[.]tsx?$',
      'src',
      'web/src',
      'test/simulator',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  return JSON.parse(json) as Cruise
}

function draw(graph: Cruise): string {
  const slices = new Map<string, Set<string>>()
  const arrows = new Set<string>()
  for (const { source, dependencies } of graph.modules) {
    const folder = topFolder(source)
    if (folder === undefined) continue
    const slice = /^src\/[^/]+\/([^/]+)\//.exec(source)?.[1]
    slices.set(folder, slices.get(folder) ?? new Set())
    if (slice) slices.get(folder)?.add(slice)
    for (const { resolved } of dependencies) {
      const target = topFolder(resolved)
      if (target !== undefined && target !== folder) arrows.add(`${folder}>${target}`)
    }
  }
  const folders = order.filter((folder) => slices.has(folder))
  const lines = ['```mermaid', 'flowchart TD']
  for (const folder of folders) {
    const inside = [...(slices.get(folder) ?? [])].sort().join(' · ')
    lines.push(`  ${nodeId(folder)}["<b>${folder}</b>${inside ? `<br/>${inside}` : ''}"]`)
  }
  for (const folder of folders) {
    for (const target of folders)
      if (arrows.has(`${folder}>${target}`)) lines.push(`  ${nodeId(folder)} --> ${nodeId(target)}`)
  }
  return [...lines, '```'].join('\n')
}

function topFolder(path: string): string | undefined {
  if (path.startsWith('web/')) return 'web'
  if (path.startsWith('test/simulator/')) return 'test/simulator'
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function nodeId(folder: string): string {
  return folder.replace('/', '_')
}
