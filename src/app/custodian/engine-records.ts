/** Reads evaluation records of engines from the files named by the agency. */
import { readFile } from 'node:fs/promises'
import { readEvaluationRecord, type EvaluationRecord } from '#use/disclosure/voice/evaluation-record.ts'
import { VoiceFault } from '#use/disclosure/voice/voice-faults.ts'

export interface NamedRecord {
  file: string
  level: EvaluationRecord['level']
}

/**
 * @returns the readable records, and a fault with the path of each unreadable one; an engine without a record counts as not
 * evaluated
 */
export async function readEngineRecords(
  named: readonly NamedRecord[],
): Promise<{ records: EvaluationRecord[]; faults: VoiceFault[] }> {
  const read = await Promise.all(named.map(readOne))
  return {
    records: read.filter((one): one is EvaluationRecord => !(one instanceof VoiceFault)),
    faults: read.filter((one): one is VoiceFault => one instanceof VoiceFault),
  }
}

async function readOne({ file, level }: NamedRecord): Promise<EvaluationRecord | VoiceFault> {
  const wrong = (problem: string, cause?: unknown) =>
    new VoiceFault('record-wrong', `The evaluation record ${file} ${problem}: its engine is not offered.`, cause)
  try {
    const record = readEvaluationRecord(await readFile(file, 'utf8'))
    if (typeof record === 'string') return wrong('does not have format 1; evaluate the engine again')
    return record.level === level ? record : wrong(`is for level ${record.level}; level ${level} is required`)
  } catch (error) {
    return wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, error)
  }
}
