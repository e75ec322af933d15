/**
 * Makes SoftHSM tokens for one test file or benchmark; returns each token's value for SELOSTE_KEYS. Does not change
 * other tokens of the machine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const moduleFolders = [
  '/usr/lib/softhsm',
  '/usr/lib64/softhsm',
  '/usr/lib64/pkcs11',
  '/usr/local/lib/softhsm',
  '/opt/homebrew/lib/softhsm',
]
const module = moduleFolders
  .map((moduleFolder) => join(moduleFolder, 'libsofthsm2.so'))
  .find((path) => existsSync(path))
const hasTool = spawnSync('softhsm2-util', ['--version']).status === 0

/** Reason why SoftHSM cannot run here, for a test's title; empty if it can. */
export const whyNoTokens = module && hasTool ? '' : ' (SoftHSM, libsofthsm2.so and softhsm2-util, is not installed)'

/** Reason why a faulty token cannot be built here; empty if it can. */
export const whyNoFaultyTokens =
  whyNoTokens || (spawnSync('gcc', ['--version']).status === 0 ? '' : ' (gcc, for a faulty token, is not installed)')

export interface SoftTokens {
  settings: { kind: 'pkcs11'; module: string; token: string; pinFile: string }[]
  /** Folder with the tokens, `tokens/`, and the PIN, `pin`. */
  folder: string
  remove(): Promise<void>
}

/**
 * Makes tokens. Call it once in a process, before the module is loaded: SoftHSM reads the location of its tokens when
 * it starts.
 */
export async function makeSoftTokens(labels: readonly string[]): Promise<SoftTokens> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-tokens-'))
  const tokens = join(folder, 'tokens')
  await mkdir(tokens)
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf')
  await writeFile(
    process.env['SOFTHSM2_CONF'],
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  const [pin, pinFile] = ['2468', join(folder, 'pin')]
  await writeFile(pinFile, `${pin}\n`, { mode: 0o600 })
  for (const label of labels) {
    const made = spawnSync('softhsm2-util', [
      '--init-token',
      '--free',
      '--label',
      label,
      '--so-pin',
      '1357',
      '--pin',
      pin,
    ])
    if (made.status !== 0) throw new Error(`softhsm2-util: ${made.stderr.toString()}`)
  }
  return {
    settings: labels.map((token) => ({ kind: 'pkcs11', module: module ?? '', token, pinFile })),
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/**
 * Builds a module in front of SoftHSM (`faulty-token.c`) with configurable faults: it `keeps` a key to be destroyed, is
 * `removed`, returns `wrong` bytes, `hangs`, creates a key `twice`, or makes a key `open` to export. It uses the same
 * tokens.
 */
export async function buildFaultyModule({
  folder,
}: SoftTokens): Promise<{ module: string; fail: (fault: string) => Promise<void> }> {
  const built = join(folder, 'faulty-token.so')
  const source = join(import.meta.dirname, 'faulty-token.c')
  const { status, stderr } = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', built, source])
  if (status !== 0) throw new Error(`gcc: ${stderr.toString()}`)
  const fault = join(folder, 'fault')
  process.env['TOKEN_BEHIND'] = module
  process.env['TOKEN_FAULT'] = fault
  return { module: built, fail: (method) => writeFile(fault, method) }
}
