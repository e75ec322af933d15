/** The evaluations of engines, as files. In: the folder that comes with Seloste, paths that the agency named. Out: records. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEvaluationRecord, type EvaluationRecord } from '#use/disclosure/voice/evaluation-record.ts'
import { VoiceFault } from '#use/disclosure/voice/voice-faults.ts'

const withSeloste = fileURLToPath(new URL('../../use/disclosure/voice/evaluations/', import.meta.url))

/**
 * @param named paths of the records of the agency's own engines, which are of level N
 * @param folder of the records of the engine that comes with Seloste, which is of level D
 * @returns those that can be read; a fault with its path for each other, whose engine is as good as not evaluated
 */
export async function readEngineRecords(
  named: readonly string[],
  folder = withSeloste,
): Promise<{ records: EvaluationRecord[]; faults: VoiceFault[] }> {
  const own = (await readdir(folder).catch(noneYet)).filter((name) => name.endsWith('.json'))
  const read = await Promise.all([
    ...own.map((name) => readOne(join(folder, name), 'D')),
    ...named.map((file) => readOne(file, 'N')),
  ])
  return {
    records: read.filter((one): one is EvaluationRecord => !(one instanceof VoiceFault)),
    faults: read.filter((one): one is VoiceFault => one instanceof VoiceFault),
  }
}

async function readOne(file: string, level: EvaluationRecord['level']): Promise<EvaluationRecord | VoiceFault> {
  const wrong = (what: string, cause?: unknown) =>
    new VoiceFault('record-wrong', `The evaluation record ${file} ${what}: its engine is not offered.`, cause)
  try {
    const record = readEvaluationRecord(await readFile(file, 'utf8'))
    if (typeof record === 'string') return wrong('is none of format 1; evaluate the engine anew')
    return record.level === level ? record : wrong(`is of level ${record.level}, where one of level ${level} is to be`)
  } catch (error) {
    return wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, error)
  }
}

/** Nothing was evaluated: only level T is offered. */
function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
