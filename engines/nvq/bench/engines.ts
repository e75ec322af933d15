/** The compared engines. The cache identifies an engine's version by a hash of its sources. */
import { join, resolve } from 'node:path'
import { sourcesHash as hashOf } from './engine-sources.ts'
import { entryOf } from '../src/entry.ts'
import type { VoiceEngine } from '../src/engine.ts'
import { fingerprintOf } from '../../../src/platform/processes/verify-program.ts'

const root = resolve(import.meta.dirname, '../../..')
export const engineNames = ['original', 'mcadams', 'nvq'] as const
export type EngineName = (typeof engineNames)[number]

const files: Record<EngineName, string> = {
  original: 'engines/nvq/bench/engines.ts',
  mcadams: 'engines/nvq/bench/mcadams.ts',
  nvq: 'engines/nvq/src/nvq.ts',
}

const original: VoiceEngine = { name: 'original', version: '1', level: 'D', revoice: async ({ samples }) => samples }

export async function engineNamed(name: EngineName): Promise<VoiceEngine> {
  if (name === 'original') return original
  const module = (await import(join(root, files[name]))) as Record<string, VoiceEngine>
  const engine = module[name]
  if (engine === undefined) throw new Error(`${files[name]} has no engine "${name}": export it by that name.`)
  return engine
}

const hashes = new Map<EngineName, string>()

/** Returns the SHA-256 (hexadecimal) of the paths and bytes of the engine's file and its imports in this repository. */
export function sourcesHash(name: EngineName): string {
  const known = hashes.get(name) ?? (name === 'original' ? 'original' : hashOf(files[name]))
  hashes.set(name, known)
  return known
}

let hearing: string | undefined

/** Returns the same hash for the verifier's features, which are cached beside the renderings. */
export const hearingHash = (): string => (hearing ??= hashOf('engines/nvq/bench/hear.ts'))

/** Returns the fingerprint of nvq's entry with the Node that runs this, which Seloste compares with the evaluation record. */
export const fingerprint = (): string => fingerprintOf(entryOf(process.execPath))
