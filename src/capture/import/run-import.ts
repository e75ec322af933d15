/**
 * Imports the recordings of an earlier recorder (docs/decisions/0120): each is read, sealed and admitted, and compared once the
 * custodian has ingested it. Can be interrupted at any time and run again: a file is recognised by the digest of its bytes.
 */
import { createHash, hash, randomUUID } from 'node:crypto'
import { setTimeout as rest } from 'node:timers/promises'
import { durationMs, type AudioProblem, type AudioTrack } from '#platform/audio/audio-file.ts'
import { readAudio } from '#platform/audio/read-audio.ts'
import { readBelow } from '#platform/files/list-folder.ts'
import type { ImportedFile, FileOfRecording, ImportOutcome } from '#register/admit-imported.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { Comparison } from '#register/compare-imported.ts'
import type { Track } from '#register/recordings/recording-log.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { removeStored } from '../session/media/store-recording.ts'
import { decideImport, dueAt, type EntryNote, type ImportContext } from './describe-entry.ts'
import type { ImportMap } from './import-map.ts'
import { endingOf, type ImportPlan, type ListedFile, type ListingReason, type PlannedFile } from './plan-import.ts'
import { digestOfTracks, sealAudio, withoutFirst } from './seal-audio.ts'

export type FileReason =
  | ListingReason
  | AudioProblem
  | Exclude<ImportOutcome, 'entered' | 'joined' | 'known'>
  | 'too-large'
  | 'unreadable'
  | 'same-content'
  | 'hash-differs'

/** Result of a file. `ready` (only in a dry run), `entered`, `joined`: imported. `known`: imported before. */
export interface FileReport {
  path: string
  state: 'ready' | 'entered' | 'joined' | 'known' | 'too-old' | 'refused'
  reason?: FileReason | undefined
  detail?: string | undefined
  notes: EntryNote[]
  /** When its recording is to be destroyed; its term counts from the end of the call. */
  destroyAt?: Temporal.Instant | undefined
}

export interface ImportWork {
  folder: string
  map: ImportMap
  context: ImportContext
  /** Returns the imported files among these, by digest. */
  findImported: (fileSha256s: readonly string[]) => Promise<ReadonlyMap<string, ImportedFile>>
  onFile?: (report: FileReport) => void
}

/** Further dependencies of a run that is not dry. */
export interface ImportSink {
  begin: (importId: string) => Promise<void>
  admit: (importId: string, facts: SegmentFacts, file: FileOfRecording) => Promise<ImportOutcome>
  objects: ObjectStore
  workFolder: string
  nextIntakeKey: () => Promise<string>
  compare: (except: ReadonlySet<string>) => Promise<Comparison>
  onWaiting?: (waiting: number) => void
}

/** A file as read: its digest, its report, and the recording if it can be imported. */
export type ReadFile =
  | { fileSha256?: string; report: FileReport }
  | { fileSha256: string; report: FileReport; facts: SegmentFacts; tracks: AudioTrack[]; parties: Track[] }

const maxFileBytes = 1 << 30
const concurrency = 4
const compareEveryMs = 500
/** The run ends, with its waiting recordings reported, if the custodian makes no progress for this long. */
const maxStallMs = 120_000

/** Reads a planned file and decides whether it can be imported. Writes nothing. */
export async function considerFile(file: PlannedFile, work: Omit<ImportWork, 'onFile'>): Promise<ReadFile> {
  const { path } = file
  const refused = (reason: FileReason, detail?: string): FileReport => ({
    path,
    state: reason === 'too-old' ? 'too-old' : 'refused',
    reason,
    detail,
    notes: [],
  })
  let bytes: Buffer | undefined
  try {
    bytes = await readBelow(work.folder, path, maxFileBytes)
  } catch (error) {
    return { report: refused('unreadable', (error as { code?: string }).code) }
  }
  if (!bytes) return { report: refused('too-large') }
  const fileSha256 = hash('sha256', bytes)
  const before = (await work.findImported([fileSha256])).get(fileSha256)
  if (before) return { fileSha256, report: { path, state: 'known', notes: [] } }
  if (file.statedHash !== undefined && !hasDigest(bytes, file.statedHash))
    return { fileSha256, report: refused('hash-differs') }
  // Before the audio is read, so that an old file is reported as too old even if its audio cannot be read.
  const due = dueAt(file.call, work.context)
  if (due && Temporal.Instant.compare(due, work.context.now) <= 0)
    return { fileSha256, report: refused('too-old', dayOf(due)) }
  const audio = await readAudio(bytes, endingOf(path)).catch(() => ({ problem: 'audio-broken' as const }))
  if ('problem' in audio) return { fileSha256, report: refused(audio.problem) }
  const soundMs = Math.max(...audio.tracks.map(durationMs))
  const found = decideImport(file.call, soundMs, fileSha256, work.context)
  if ('problem' in found) return { fileSha256, report: refused(found.problem, found.detail) }
  const { facts, skipMs, destroyAt, notes } = found
  return {
    fileSha256,
    report: { path, state: 'ready', notes, destroyAt },
    facts,
    tracks: skipMs === 0 ? [...audio.tracks] : withoutFirst(audio.tracks, skipMs),
    parties: audio.tracks.length === 1 ? ['mixed'] : [...work.map.audio.lanes],
  }
}

/** Compares with a digest such as `sha512-BASE64URL`. Returns false for an unknown algorithm. */
function hasDigest(bytes: Buffer, stated: string): boolean {
  const [algorithm, digest] = [stated.slice(0, stated.indexOf('-')), stated.slice(stated.indexOf('-') + 1)]
  if (algorithm !== 'sha512' && algorithm !== 'sha256') return false
  return createHash(algorithm).update(bytes).digest('base64url') === digest
}

function dayOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO('Europe/Helsinki').toPlainDate().toString()
}

/** Reports what a run would do. */
export async function tryImport(plan: ImportPlan, work: ImportWork): Promise<FileReport[]> {
  return eachFile(plan, work, async (read) => read.report)
}

/** Imports the files that can be imported. `compared`: recordings of this and earlier imports that were now found equal to their files. */
export async function runImport(
  plan: ImportPlan,
  work: ImportWork,
  sink: ImportSink,
): Promise<{
  files: FileReport[]
  different: string[]
  faulty: Comparison['faulty']
  waiting: number
  compared: number
}> {
  const importId = randomUUID()
  let begun: Promise<void> | undefined
  const files = await eachFile(plan, work, async (read) => {
    if (!('facts' in read)) return read.report
    const { facts, tracks, parties, fileSha256, report } = read
    await (begun ??= sink.begin(importId))
    // Looked for again: an earlier run that was killed may have admitted it until this one began. Sealing replaces its objects.
    if ((await work.findImported([fileSha256])).has(fileSha256)) return { ...report, state: 'known' }
    const intakeKey = await sink.nextIntakeKey()
    const recording = { ...facts.recording!, intakeKey }
    const { objects, workFolder } = sink
    const stored = await sealAudio(recording, tracks, parties, { objects, workFolder, intakePublicKey: intakeKey })
    const audioSha256 = digestOfTracks(tracks).toString('hex')
    const outcome = await sink.admit(
      importId,
      { ...facts, recording: { ...recording, stored } },
      { fileSha256, audioSha256, isTimeAmbiguous: report.notes.includes('time-ambiguous') },
    )
    if (outcome === 'entered' || outcome === 'joined' || outcome === 'known') return { ...report, state: outcome }
    await removeStored(recording.id, sink.objects)
    return { ...report, state: outcome === 'too-old' ? 'too-old' : 'refused', reason: outcome }
  })
  return { files, ...(await compareAll(sink)) }
}

async function eachFile(
  plan: ImportPlan,
  work: ImportWork,
  act: (read: ReadFile) => Promise<FileReport>,
): Promise<FileReport[]> {
  const reports: FileReport[] = plan.listed.map((listed) => asReport(listed))
  for (const report of reports) work.onFile?.(report)
  const firstOf = new Map<string, { path: string; isKnown: boolean }>()
  const left = plan.files.toReversed()
  const worker = async () => {
    for (let file = left.pop(); file; file = left.pop()) {
      const read = await considerFile(file, work)
      const { fileSha256 } = read
      const isKnown = read.report.state === 'known'
      const first = fileSha256 === undefined ? undefined : firstOf.get(fileSha256)
      if (fileSha256 !== undefined && first === undefined) firstOf.set(fileSha256, { path: file.path, isKnown })
      // A file is known from an earlier run only if the first one with its bytes is: this run may have admitted that meanwhile.
      const report: FileReport =
        first === undefined || first.isKnown
          ? await act(read)
          : { path: file.path, state: 'refused', reason: 'same-content', detail: first.path, notes: [] }
      reports.push(report)
      work.onFile?.(report)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return reports.sort((one, other) => (one.path < other.path ? -1 : 1))
}

function asReport({ path, reason, detail }: ListedFile): FileReport {
  return { path, state: 'refused', reason, detail, notes: [] }
}

/** Compares until nothing is left, or the custodian makes no progress. */
async function compareAll(sink: ImportSink) {
  const different = new Set<string>()
  let compared = 0
  let progressMs = performance.now()
  let lastWaiting = Infinity
  for (;;) {
    const found = await sink.compare(different)
    compared += found.same
    for (const id of found.different) different.add(id)
    const { waiting, faulty } = found
    const hasCompared = found.same > 0 || found.different.length > 0
    if (waiting < lastWaiting || hasCompared) progressMs = performance.now()
    lastWaiting = waiting
    const isStalled = performance.now() - progressMs > maxStallMs
    if ((waiting === 0 && !hasCompared) || isStalled) return { compared, different: [...different], faulty, waiting }
    if (!hasCompared) {
      sink.onWaiting?.(waiting)
      await rest(compareEveryMs)
    }
  }
}
