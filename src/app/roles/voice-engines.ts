import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { registerEngines, type VoiceEngines } from '#use/disclosure/copies/voice-engines.ts'
import type { Track } from '#use/disclosure/voice/engine.ts'
import { readEvaluationRecord } from '#use/disclosure/voice/evaluation-record.ts'
import { namedEngines } from '#use/disclosure/voice/named-engines.ts'
import { startRevoiceThreads } from '#use/disclosure/voice/revoice-track.ts'
import { transcriptEngine } from '#use/disclosure/voice/transcript-engine.ts'

export type OpenVoiceEngines = VoiceEngines & { stop: () => Promise<void> }

const records = new URL('../../use/disclosure/voice/evaluations/', import.meta.url)

/**
 * The engines that come with Seloste and those that the agency names, with what `npm run bench -- anonymise` wrote of them. Threads
 * start with the first work.
 * @param enginesFile SELOSTE_ENGINES
 */
export async function openVoiceEngines(enginesFile?: string): Promise<OpenVoiceEngines> {
  const { neural } = namedEngines(enginesFile)
  const transcript = transcriptEngine()
  const revoicing = startRevoiceThreads()
  const engines = registerEngines(
    {
      transcript,
      revoicing: [
        { ...revoicing.engine, revoice: (track) => revoicing.revoiceTrack(track) },
        ...neural.map(({ engine }) => ({
          ...engine,
          level: 'N' as const,
          revoice: (track: Track) => engine.revoice(track, randomBytes),
        })),
      ],
    },
    await readRecords(neural.flatMap(({ evaluation }) => evaluation ?? [])),
  )
  return {
    ...engines,
    async stop() {
      await Promise.all([transcript.stop(), revoicing.stop()])
    },
  }
}

/** Nothing was evaluated: only level T is offered. */
function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}

async function readRecords(named: readonly string[]) {
  const own = (await readdir(records).catch(noneYet)).filter((name) => name.endsWith('.json'))
  const files = [...own.map((name) => fileURLToPath(new URL(name, records))), ...named]
  const read = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return read.map((text, index) => {
    const record = readEvaluationRecord(text)
    if (typeof record === 'string') throw new Error(`${files[index]} is no evaluation record: write it anew`)
    return record
  })
}
