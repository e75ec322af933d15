/** Entry of whisper.cpp for the file of SELOSTE_ENGINES (docs/formats/voice-process.md), with the hash of each file. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Fault } from '#platform/fault.ts'
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import type { WhisperModel } from './whisper-model.ts'

/** The program between Seloste and whisper-cli. */
const ownEngine = fileURLToPath(new URL('../../../../engines/whisper/', import.meta.url))
const own = 'EUPL-1.2'
/** Licence of whisper.cpp, and of the models that OpenAI published. */
const theirs = 'MIT'

export interface WhisperFiles {
  /** Path of whisper-cli. */
  program: string
  model: string
  threads: number
  /** Folders of its libraries outside /usr. */
  folders: readonly string[]
}

/** @throws Fault `argument-wrong` if whisper-cli does not run or does not print its version */
export async function whisperEntry(
  files: WhisperFiles,
  model: WhisperModel,
  engine = ownEngine,
): Promise<NamedProgram> {
  const [program, modelPath] = [await realpath(files.program), await realpath(files.model)]
  const sources = (await readdir(join(engine, 'src'))).filter((name) => name.endsWith('.ts')).toSorted()
  // Without the package's file Node would not know that these are modules.
  const scripts = [join(engine, 'package.json'), ...sources.map((name) => join(engine, 'src', name))]
  return {
    name: `Whisper ${model.name}`,
    version: `whisper.cpp ${await versionOf(program)}`,
    licence: theirs,
    program: process.execPath,
    sha256: await hashOf(process.execPath),
    arguments: [
      join(engine, 'src/main.ts'),
      `--program=${program}`,
      `--model=${modelPath}`,
      `--threads=${files.threads}`,
    ],
    files: [
      ...(await Promise.all(scripts.map(async (path) => ({ path, sha256: await hashOf(path), licence: own })))),
      { path: program, sha256: await hashOf(program), licence: theirs },
      { path: modelPath, sha256: model.sha256, licence: model.isPublished ? theirs : 'unknown' },
    ],
    ...(files.folders.length > 0 && { folders: [...files.folders] }),
    network: 'shut',
    secondsPerSecond: model.secondsPerSecond,
  }
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 }).catch((error: unknown) => {
    throw new Fault('argument-wrong', `${program} does not run: ${(error as Error).message.split('\n')[0]}`, error)
  })
  const version = /version: (\d[\w.+-]*)/.exec(stdout)?.[1]
  if (version !== undefined) return version
  throw new Fault(
    'argument-wrong',
    `${program} does not print its version: name whisper-cli of whisper.cpp 1.9 or later`,
  )
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
