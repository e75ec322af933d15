import { randomBytes } from 'node:crypto'
import type { Fault } from '#platform/fault.ts'
import { ProcessFault } from '#platform/processes/process-faults.ts'
import { verifyProgram } from '#platform/processes/verify-program.ts'
import { registerEngines, type VoiceEngines } from '#use/disclosure/copies/voice-engines.ts'
import type { Track } from '#use/disclosure/voice/engine.ts'
import { namedEngines } from '#use/disclosure/voice/named-engines.ts'
import type { Recogniser } from '#use/disclosure/voice/recognise-process.ts'
import { startRevoiceThreads } from '#use/disclosure/voice/revoice-track.ts'
import { transcriptEngine } from '#use/disclosure/voice/transcript-engine.ts'
import { readEngineRecords } from './engine-records.ts'
import { sourcesHash } from './engine-sources.ts'

const nvqFile = 'src/use/disclosure/voice/nvq.ts'

export type OpenVoiceEngines = VoiceEngines & {
  /** The first that the agency names; it is told the language. */
  recogniser: Recogniser | undefined
  /** What of the agency's engines and of the evaluations cannot be used: nothing else suffers from it. */
  faults: readonly Fault[]
  stop: () => Promise<void>
}

/**
 * The engines that come with Seloste and those that the agency names, with what `npm run bench -- anonymise` wrote of them. Threads
 * start with the first work.
 * @param enginesFile SELOSTE_ENGINES
 * @param ownRecords the folder of the records that come with Seloste
 */
export async function openVoiceEngines(enginesFile?: string, ownRecords?: string): Promise<OpenVoiceEngines> {
  const { neural, recognition, faults } = namedEngines(enginesFile)
  const evaluated = await readEngineRecords(
    neural.flatMap(({ evaluation }) => evaluation ?? []),
    ownRecords,
  )
  const transcript = transcriptEngine()
  const revoicing = startRevoiceThreads()
  const engines = registerEngines(
    {
      transcript,
      revoicing: [
        { ...revoicing.engine, sources: sourcesHash(nvqFile), revoice: (track) => revoicing.revoiceTrack(track) },
        ...neural.map(({ engine }) => ({
          ...engine,
          level: 'N' as const,
          revoice: (track: Track) => engine.revoice(track, randomBytes),
        })),
      ],
    },
    evaluated.records,
  )
  return {
    ...engines,
    recogniser: recognition[0],
    faults: [...faults, ...evaluated.faults],
    async stop() {
      await Promise.all([transcript.stop(), revoicing.stop()])
    },
  }
}

/** What would keep the agency's engines from being started or offered, a line each; all of their files are hashed. */
export async function faultsOfEngines(enginesFile: string | undefined): Promise<string[]> {
  const { neural, programs, faults } = namedEngines(enginesFile)
  const evaluated = await readEngineRecords(neural.flatMap(({ evaluation }) => evaluation ?? []))
  const verified = await Promise.all(programs.map((program) => verifyProgram(program).then(() => [], asFault)))
  return [...faults, ...evaluated.faults, ...verified.flat()].map(({ code, message }) => `${code}: ${message}`)
}

function asFault(error: unknown): ProcessFault[] {
  if (error instanceof ProcessFault) return [error]
  throw error
}
