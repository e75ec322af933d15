import { createHash, randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Language } from '#description/closed-lists.ts'
import type { OpusThreads } from '#platform/opus/encode-in-threads.ts'
import { openAnonymisedAudio, type AnonymisedCopyStore } from '#register/recordings/anonymised-copies.ts'
import { wavHeaderBytes } from '#register/recordings/render-audio.ts'
import type { RegisterTables } from '#register/tables.ts'
import { coarseFacts, type CoarseFacts } from './coarse-facts.ts'

export interface ResearchPackage {
  id: string
  number: string
  institute: string
  language: Language
  study: string
  /** Last day on which the institute may have the copies. */
  dueOn: string
  format: 'OPUS' | 'WAV'
}

interface SoundRow {
  recording_id: string
  copy_id: string
  sound_sha256: Buffer
  sound_bytes: string
  sound_ms: number
  level: 'T' | 'N' | 'D'
  started_at: Temporal.Instant
  number_reached: string | null
  unit_id: string | null
}

/** An audio file in the manifest, without anything about its call. */
export interface ListedSound extends CoarseFacts {
  name: string
  sha256: string
  level: 'T' | 'N' | 'D'
}

/** Manifest of a package to a research institute. */
export interface ResearchManifest {
  format: 'seloste-research-package/1'
  disclosure: string
  purpose: 'QUALITY_LEVEL'
  files: ListedSound[]
  /** The files' vCons, in the same order. */
  vcons: { name: string; sha256: string }[]
}

export async function readResearchPackage(db: Kysely<RegisterTables>, id: string): Promise<ResearchPackage> {
  const { rows } = await sql<ResearchPackage>`
    select p.id, d.number, i.name as institute, i.language, d.study, d.due_on::text as "dueOn", d.format
    from disclosure_package p join research_disclosure d on d.id = p.research_id join institute i on i.id = d.institute_id
    where p.id = ${id}`.execute(db)
  return rows[0]!
}

/**
 * Yields a package's audio files under random names and in random order, which reveal nothing about when the recordings were
 * picked.
 * @param onFile called when a file is ready
 * @throws RecordingGone; a fault if stored audio is not what was approved
 */
export async function* researchSounds(
  store: AnonymisedCopyStore & { opus: OpusThreads },
  request: ResearchPackage,
  onFile: () => Promise<void>,
): AsyncGenerator<{ name: string; bytes: Buffer; listed: ListedSound }> {
  const { rows } = await sql<SoundRow>`select * from research_contents(${request.id}::uuid)`.execute(store.db)
  const facts = coarseFacts(
    rows.map(({ started_at, sound_ms, number_reached, unit_id }) => ({
      startedAt: started_at,
      durationMs: sound_ms,
      number: number_reached,
      unit: unit_id,
    })),
  )
  const named = rows
    .map((row, at) => ({ row, facts: facts[at]!, name: randomBytes(8).toString('hex') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const suffix = request.format === 'OPUS' ? 'opus' : 'wav'
  // Encodes the next files while earlier ones are written.
  const encoding = named.slice(0, maxConcurrent).map((each) => soundOf(store, request.format, each.row))
  for (const [at, { row, facts: coarse, name }] of named.entries()) {
    const bytes = await encoding[at]!
    // Releases the memory of this file.
    encoding[at] = Promise.resolve(nothing)
    const next = named[at + maxConcurrent]
    if (next) encoding.push(soundOf(store, request.format, next.row))
    const file = `${name}.${suffix}`
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await onFile()
    yield { name: file, bytes, listed: { name: file, sha256, level: row.level, ...coarse } }
  }
}

/** Files encoded concurrently. */
const maxConcurrent = 3
const nothing = Buffer.alloc(0)

/** Returns the approved audio: the stored WAV, or an Ogg Opus encoding. */
async function soundOf(
  store: AnonymisedCopyStore & { opus: OpusThreads },
  format: 'OPUS' | 'WAV',
  row: SoundRow,
): Promise<Buffer> {
  const bytes = Number(row.sound_bytes)
  const sound = await openAnonymisedAudio(store, { copy: row.copy_id, recording: row.recording_id }, bytes)
  const wav = await sound.read(0, bytes)
  if (!createHash('sha256').update(wav).digest().equals(row.sound_sha256)) {
    throw new Error(`the stored sound of anonymised copy ${row.copy_id} is not the one that was approved`)
  }
  if (format === 'WAV') return wav
  const samples = (wav.length - wavHeaderBytes) / 4
  const [left, right] = [new Int16Array(samples), new Int16Array(samples)]
  for (let at = 0, from = wavHeaderBytes; at < samples; at++, from += 4) {
    left[at] = wav.readInt16LE(from)
    right[at] = wav.readInt16LE(from + 2)
  }
  return Buffer.from(await store.opus.encode([left, right]))
}
