/** The engines that an agency names (docs/formats/voice-process.md). */
import { readNamedPrograms } from '#platform/processes/named-programs.ts'
import type { VoiceEngine } from './engine.ts'
import { recogniseProcess, type Recogniser } from './recognise-process.ts'
import { voiceProcess } from './voice-process.ts'

export interface NamedEngines {
  /** `evaluation`: path of its record, where one is named. */
  neural: { engine: VoiceEngine & { sources: string }; evaluation: string | undefined }[]
  recognition: Recogniser[]
}

/**
 * @param file SELOSTE_ENGINES; without it there are none
 * @throws ProcessFault `programs-file-wrong`
 */
export function namedEngines(file: string | undefined): NamedEngines {
  if (file === undefined) return { neural: [], recognition: [] }
  const { neural, recognition } = readNamedPrograms(file, ['neural', 'recognition'])
  return {
    neural: neural.map((program) => ({ engine: voiceProcess(program, 'N'), evaluation: program.evaluation })),
    recognition: recognition.map(recogniseProcess),
  }
}
