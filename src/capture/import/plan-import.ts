/**
 * Finds the recordings of an earlier recorder in its folder: reads the metadata, and finds the audio file that each entry
 * names. A file that is wrong, damaged, or points out of the folder is listed, and does not affect others.
 */
import { extname, posix } from 'node:path'
import { matchesGlob } from 'node:path/posix'
import { listFolder, readBelow } from '#platform/files/list-folder.ts'
import { fill, type Fields } from '../feeds/read-fields.ts'
import { readEntry, type DescribedCall, type EntryProblem } from './describe-entry.ts'
import type { ImportMap } from './import-map.ts'
import { readEntries, type MetadataProblem } from './read-metadata.ts'

/** A recording with its call, whose sound has not been read. */
export interface PlannedFile {
  /** Path of the sound in the folder. */
  path: string
  /** Path of its metadata; the same for a whole list. */
  metadata: string
  call: DescribedCall
  /** Digest of the sound that its metadata states, such as `sha512-…` in a vCon. */
  statedHash?: string | undefined
}

/** A file that is not imported, with the reason. */
export interface ListedFile {
  path: string
  reason: ListingReason
  detail?: string | undefined
}

export type ListingReason =
  | MetadataProblem
  | EntryProblem
  | 'metadata-too-large'
  | 'metadata-without-entries'
  | 'no-metadata'
  | 'sound-not-named'
  | 'sound-missing'
  | 'sound-named-twice'
  | 'outside-folder'
  | 'link'

export interface ImportPlan {
  files: PlannedFile[]
  listed: ListedFile[]
  /** Metadata files, with the paths of the sounds that each names. */
  metadata: Map<string, string[]>
}

const maxMetadataBytes = 256 << 20

export async function planImport(folder: string, map: ImportMap): Promise<ImportPlan> {
  const { files, others } = await listFolder(folder)
  const plan: ImportPlan = {
    files: [],
    listed: others.map((path) => ({ path, reason: 'link' as const })),
    metadata: new Map(),
  }
  const known = new Set(files)
  const linked = new Set(others)
  const byLowerCase = Map.groupBy(files, (path) => path.toLowerCase())
  /** The first entry that names each sound: the path of its metadata, with its number if the file has several entries. */
  const labelsBySound = new Map<string, string>()
  const usesFileNames = map.metadata.format === 'name'
  for (const path of files.filter((one) => matchesGlob(one, map.metadata.files))) {
    const bytes = usesFileNames
      ? Buffer.alloc(0)
      : await readBelow(folder, path, maxMetadataBytes).catch(() => Buffer.alloc(0))
    if (!bytes) {
      plan.listed.push({ path, reason: 'metadata-too-large' })
      continue
    }
    const read = readEntries(map, path, bytes)
    if ('problem' in read) {
      plan.listed.push({ path, reason: read.problem, detail: read.detail })
      continue
    }
    if (read.entries.length === 0) plan.listed.push({ path, reason: 'metadata-without-entries' })
    const sounds: string[] = []
    plan.metadata.set(path, sounds)
    for (const [at, fields] of read.entries.entries()) {
      const label = read.entries.length === 1 ? path : `${path} #${at + 1}`
      const sound = usesFileNames ? path : soundOf(fields, path)
      if (typeof sound !== 'string') {
        plan.listed.push({ path: label, ...sound })
        continue
      }
      sounds.push(sound)
      const first = labelsBySound.get(sound)
      if (first !== undefined) {
        plan.listed.push({ path: label, reason: 'sound-named-twice', detail: `${sound}, as ${first} does` })
        continue
      }
      labelsBySound.set(sound, label)
      const call = readEntry(fields, map, sound)
      if ('problem' in call) plan.listed.push({ path: sound, reason: call.problem, detail: call.detail })
      else plan.files.push({ path: sound, metadata: path, call, statedHash: fields['dialog.content_hash'] })
    }
  }
  for (const path of files) {
    if (labelsBySound.has(path) || plan.metadata.has(path) || !map.audio.endings.includes(endingOf(path))) continue
    if (!plan.listed.some((one) => one.path === path)) plan.listed.push({ path, reason: 'no-metadata' })
  }
  return plan

  function soundOf(fields: Fields, metadata: string): string | Omit<ListedFile, 'path'> {
    const beside = metadata.slice(0, metadata.length - extname(metadata).length)
    if (map.audio.file === undefined) {
      const found = files.find(
        (one) => one !== metadata && one.startsWith(`${beside}.`) && map.audio.endings.includes(endingOf(one)),
      )
      return found ?? { reason: 'sound-missing', detail: `${beside}.*` }
    }
    const named = fill(map.audio.file, fields)
    if (named === '') return { reason: 'sound-not-named' }
    const written = map.audio.rewrite
      .reduce((name, { from, to }) => name.replace(from, to), named)
      .replaceAll('\\', '/')
    const base = map.audio.from === 'folder' ? '.' : posix.dirname(metadata)
    const path = posix.normalize(posix.join(base, written))
    if (written.includes('\0') || posix.isAbsolute(written) || /^[a-z]:/i.test(written) || path.split('/')[0] === '..')
      return { reason: 'outside-folder', detail: named }
    if (known.has(path)) return path
    if (linked.has(path)) return { reason: 'link', detail: path }
    const [otherwise, ...more] = byLowerCase.get(path.toLowerCase()) ?? []
    return otherwise !== undefined && more.length === 0 ? otherwise : { reason: 'sound-missing', detail: path }
  }
}

export function endingOf(path: string): string {
  return extname(path).slice(1).toLowerCase()
}
