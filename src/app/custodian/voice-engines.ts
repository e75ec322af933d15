import { randomBytes } from 'node:crypto'
import type { Fault } from '#platform/fault.ts'
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import { ProcessFault } from '#platform/processes/process-faults.ts'
import { sweepScratch } from '#platform/processes/scratch.ts'
import { verifyProgram } from '#platform/processes/verify-program.ts'
import { findIsolation, type Isolation } from '#platform/processes/isolate-program.ts'
import { registerEngines, type VoiceEngines } from '#use/disclosure/copies/voice-engines.ts'
import type { Track } from '#use/disclosure/voice/engine.ts'
import { namedEngines, type NamedEngines } from '#use/disclosure/voice/named-engines.ts'
import type { Recogniser } from '#use/disclosure/voice/recognise-process.ts'
import { transcriptEngine } from '#use/disclosure/voice/transcript-engine.ts'
import { readEngineRecords, type NamedRecord } from './engine-records.ts'

export type OpenVoiceEngines = VoiceEngines & {
  /** The first speech recogniser that the agency has configured; it gets the language as input. */
  recogniser: Recogniser | undefined
  /** Faults of the agency's engines and of the evaluations; nothing else is affected. */
  faults: readonly Fault[]
  /** Resources here that the agency's engines can reach and do not need. */
  warnings: readonly Fault[]
  stop: () => Promise<void>
}

/**
 * Opens the synthesised voices and the agency's configured engines, with the records of their evaluations. Threads start with the
 * first work.
 * @param enginesFile SELOSTE_ENGINES
 */
export async function openVoiceEngines(enginesFile?: string): Promise<OpenVoiceEngines> {
  const { voices, recognition, programs, faults } = namedEngines(enginesFile)
  if (programs.length > 0) await sweepScratch()
  const evaluated = await readEngineRecords(recordsOf(voices))
  const transcript = transcriptEngine()
  const revoicing = voices.map(({ engine }) => ({
    ...engine,
    revoice: (track: Track) => engine.revoice(track, randomBytes),
  }))
  return {
    ...registerEngines({ transcript, revoicing }, evaluated.records),
    recogniser: recognition[0],
    faults: [...faults, ...evaluated.faults],
    warnings: programs.length > 0 ? faultsOfFileAccess(programs, await findIsolation()) : [],
    stop: transcript.stop,
  }
}

/**
 * Returns lines about faults that prevent the agency's engines from being started or offered, and about resources that they can
 * reach but do not need. Hashes all files of the engines.
 */
export async function faultsOfEngines(enginesFile: string | undefined): Promise<string[]> {
  const { voices, programs, faults } = namedEngines(enginesFile)
  const evaluated = await readEngineRecords(recordsOf(voices))
  const verified = await Promise.all(programs.map((program) => verifyProgram(program).then(() => [], asFault)))
  const warnings = programs.length > 0 ? faultsOfFileAccess(programs, await findIsolation()) : []
  return [...faults, ...evaluated.faults, ...verified.flat(), ...warnings].map(
    ({ code, message }) => `${code}: ${message}`,
  )
}

/** Returns a fault that names the programs that can read this account's files. */
export function faultsOfFileAccess(programs: readonly NamedProgram[], isolation: Isolation): ProcessFault[] {
  if (isolation === 'bwrap' || isolation === 'unshare') return []
  const run = isolation === 'none' ? programs.filter(({ network }) => network === 'trusted') : programs
  if (run.length === 0) return []
  const message = `${run.map(({ name }) => name).join(', ')} can read the files and use the unix sockets of Seloste’s account: install bubblewrap, and allow the custodian’s unit to create namespaces and mounts.`
  return [new ProcessFault('program-files-shared', message)]
}

function recordsOf(voices: NamedEngines['voices']): NamedRecord[] {
  return voices.flatMap(({ engine: { level }, evaluation }) =>
    evaluation === undefined ? [] : [{ file: evaluation, level }],
  )
}

function asFault(error: unknown): ProcessFault[] {
  if (error instanceof ProcessFault) return [error]
  throw error
}
