/** Engines named by an agency (docs/formats/voice-process.md). */
import { readNamedPrograms, type NamedProgram } from '#platform/processes/named-programs.ts'
import { ProcessFault } from '#platform/processes/process-faults.ts'
import type { VoiceEngine } from './engine.ts'
import { recogniseProcess, type Recogniser } from './recognise-process.ts'
import { voiceProcess } from './voice-process.ts'

export interface NamedEngines {
  /** `evaluation`: path of its record. */
  voices: { engine: VoiceEngine & { sources: string }; evaluation: string | undefined }[]
  recognition: Recogniser[]
  /** The programs of these engines, as named in the file. */
  programs: NamedProgram[]
  /** What is unusable in the file, and why: one line for each entry. */
  faults: ProcessFault[]
}

/**
 * Reads the engines. Errors in the file affect only the faulty entries.
 * @param file SELOSTE_ENGINES; undefined if there are none
 */
export function namedEngines(file: string | undefined): NamedEngines {
  const none = { voices: [], recognition: [], programs: [] }
  if (file === undefined) return { ...none, faults: [] }
  try {
    const { programs, faults } = readNamedPrograms(file, ['neural', 'signal', 'recognition'])
    const { neural, signal } = programs
    // The published description says that a recogniser has no network (docs/decisions/0124).
    const recognition = programs.recognition.filter(({ network }) => network !== 'trusted')
    const refused = programs.recognition.filter((program) => !recognition.includes(program)).map(networkFault)
    const voiced = (level: 'N' | 'D') => (program: NamedProgram) => ({
      engine: voiceProcess(program, level),
      evaluation: program.evaluation,
    })
    return {
      voices: [...neural.map(voiced('N')), ...signal.map(voiced('D'))],
      recognition: recognition.map(recogniseProcess),
      programs: [...neural, ...signal, ...recognition],
      faults: [...faults, ...refused],
    }
  } catch (error) {
    if (!(error instanceof ProcessFault)) throw error
    return { ...none, faults: [error] }
  }
}

function networkFault({ name }: NamedProgram): ProcessFault {
  return new ProcessFault(
    'program-network-open',
    `${name} is not used: a recogniser runs without a network, and its entry has "network": "trusted".`,
  )
}
