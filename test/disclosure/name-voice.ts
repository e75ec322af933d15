/** Engine as an agency configures one, for tests: returns noise, and its evaluation record meets every required figure. */
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { fingerprintOf } from '#platform/processes/verify-program.ts'
import { controlDemands, demandsOf, type EvaluationRecord } from '#use/disclosure/voice/evaluation-record.ts'

export const namedVoice = { name: 'Noise', version: '1' }

/** Returns an evaluation record that just meets the required figures of this level. */
export function recordAtDemand(level: 'N' | 'D', sources: string, given: Partial<EvaluationRecord> = {}) {
  const demands = [...controlDemands, ...demandsOf[level]]
  return {
    ...{ format: 1, engine: namedVoice.name, version: namedVoice.version, level, sources, day: '2026-11-26' },
    ...{ full: true, sets: [], ...given },
    figures: Object.fromEntries(demands.map(({ figure, atLeast, atMost }) => [figure, atLeast ?? atMost ?? 5])),
  }
}

/**
 * Writes a file for SELOSTE_ENGINES with the engine. Call it at the top of a test file.
 * @param list list of the file that names the engine
 * @returns the path of the file
 */
export async function nameVoice(list: 'neural' | 'signal'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-voice-'))
  afterAll(() => rm(folder, { recursive: true }))
  const script = join(folder, 'engine.mts')
  await copyFile(new URL('engine-for-tests.mts', import.meta.url), script)
  await chmod(script, 0o644)
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  const shell = '/bin/sh'
  const program = {
    ...{ ...namedVoice, licence: 'EUPL-1.2', program: shell, sha256: await hash(shell) },
    arguments: ['-c', `exec ${process.execPath} ${script} noise`],
    files: [{ path: script, sha256: await hash(script), licence: 'EUPL-1.2' }],
    folders: [dirname(process.execPath)],
    evaluation: join(folder, 'record.json'),
  }
  const record = recordAtDemand(list === 'neural' ? 'N' : 'D', fingerprintOf(program))
  await writeFile(program.evaluation, JSON.stringify(record))
  const file = join(folder, 'engines.json')
  await writeFile(file, JSON.stringify({ [list]: [program] }))
  return file
}
