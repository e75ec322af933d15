/** The engines that are compared, and what stands for an engine's version in the cache: a hash of all its sources. */
import { join, resolve } from 'node:path'
import { sourcesHash as hashOf } from '#app/roles/engine-sources.ts'
import type { VoiceEngine } from '#use/disclosure/voice/engine.ts'

const root = resolve(import.meta.dirname, '../..')
export const engineNames = ['original', 'mcadams', 'nvq'] as const
export type EngineName = (typeof engineNames)[number]

const files: Record<EngineName, string> = {
  original: 'bench/anonymise/engines.ts',
  mcadams: 'bench/anonymise/mcadams.ts',
  nvq: 'src/use/disclosure/voice/nvq.ts',
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

/** SHA-256, hexadecimal, over the paths and bytes of the engine's file and of all that it imports from this repository. */
export function sourcesHash(name: EngineName): string {
  const known = hashes.get(name) ?? (name === 'original' ? 'original' : hashOf(files[name]))
  hashes.set(name, known)
  return known
}

let hearing: string | undefined

/** The same of what a verifier hears: it is kept beside the renderings. */
export const hearingHash = (): string => (hearing ??= hashOf('bench/anonymise/hear.ts'))
