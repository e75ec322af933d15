import { readdir, readFile } from 'node:fs/promises'
import { registerEngines, type VoiceEngines } from '#use/disclosure/copies/voice-engines.ts'
import { readEvaluationRecord } from '#use/disclosure/voice/evaluation-record.ts'
import { startRevoiceThreads } from '#use/disclosure/voice/revoice-track.ts'
import { transcriptEngine } from '#use/disclosure/voice/transcript-engine.ts'

export type OpenVoiceEngines = VoiceEngines & { stop: () => Promise<void> }

const records = new URL('../../use/disclosure/voice/evaluations/', import.meta.url)

/** The engines that come with Seloste, with what `npm run bench -- anonymise` wrote of them. Threads start with the first work. */
export async function openVoiceEngines(): Promise<OpenVoiceEngines> {
  const transcript = transcriptEngine()
  const revoicing = startRevoiceThreads()
  const engines = registerEngines(
    { transcript, revoicing: [{ ...revoicing.engine, revoice: (track) => revoicing.revoiceTrack(track) }] },
    await readRecords(),
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

async function readRecords() {
  const names = (await readdir(records).catch(noneYet)).filter((name) => name.endsWith('.json'))
  const read = await Promise.all(names.map((name) => readFile(new URL(name, records), 'utf8')))
  return read.map((text, index) => {
    const record = readEvaluationRecord(text)
    if (typeof record === 'string') throw new Error(`${names[index]} is no evaluation record: install Seloste anew`)
    return record
  })
}
