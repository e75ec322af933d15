// Finds a Chromium for the journeys, and the environment it needs. Never downloads a browser from a vendor's own servers.
import { execFile, execFileSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

export interface Chromium {
  /** Absolute path of the executable. */
  executablePath: string
  /** Variables to add to the browser's environment (libraries and fonts, if the machine has none). */
  env: Record<string, string>
}

/** Arguments that keep the browser off every network but loopback. As root its sandbox cannot work. */
export const chromiumArgs: string[] = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Lets sound play without a click, because the player's tests need it.
  '--autoplay-policy=no-user-gesture-required',
  // Switches optimising compilers off: a page lives for seconds, so optimising its scripts does not pay.
  '--js-flags=--no-maglev --no-turbofan',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/**
 * Finds a Chromium, in this order: SELOSTE_CHROMIUM, the one packed in the ` @sparticuz/chromium` package (unpacked
 * once), the system's, and as root the Debian package. The packed one comes first because it is the same everywhere and
 * has no windows to manage, which saves a quarter of a journey's work.
 */
export async function findChromium(): Promise<Chromium> {
  const named = process.env['SELOSTE_CHROMIUM']
  if (named) {
    accessSync(named, constants.X_OK)
    return { executablePath: named, env: {} }
  }
  let reason: unknown
  try {
    if (process.platform === 'linux' && process.arch === 'x64') return await checkRunnable(await unpackedChromium())
  } catch (error) {
    reason = error
  }
  const system = systemChromium()
  if (system) return { executablePath: system, env: {} }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-q'], { env, stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, stdio: 'inherit' })
    const installed = systemChromium()
    if (installed) return { executablePath: installed, env: {} }
  }
  throw new Error('No Chromium to run the journeys in: install one, or name it in SELOSTE_CHROMIUM.', { cause: reason })
}

/** Returns the browser; throws if this machine cannot run it. */
async function checkRunnable(packed: Chromium): Promise<Chromium> {
  await promisify(execFile)(packed.executablePath, ['--version', '--no-sandbox'], {
    env: { ...process.env, ...packed.env },
    timeout: 30_000,
  })
  return packed
}

function systemChromium(): string | undefined {
  const paths = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']
  return paths.find((path) => existsSync(path))
}

/** Unpacks the package's browser into node_modules/.cache, which is removed with the package. */
async function unpackedChromium(): Promise<Chromium> {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@sparticuz/chromium')
  const packed = join(dirname(dirname(entry)), 'bin')
  const { version } = require(join(packed, '../package.json')) as { version: string }
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache')
  const home = join(cache, `chromium-${version}`)

  if (!existsSync(home)) {
    // Unpacks elsewhere and renames, so that two simultaneous runs never see a half-unpacked browser.
    mkdirSync(cache, { recursive: true })
    const staging = mkdtempSync(`${home}-`)
    const temporaryFolder = process.env['TMPDIR']
    process.env['TMPDIR'] = staging
    try {
      // The package chooses the folder by its own rule (TMPDIR, set above), not by an argument.
      const { inflate } = await import('@sparticuz/chromium')
      for (const archive of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br', 'swiftshader.tar.br']) {
        await inflate(join(packed, archive))
      }
    } finally {
      if (temporaryFolder === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = temporaryFolder
    }
    mkdirSync(join(staging, 'fontconfig'))
    writeFileSync(join(staging, 'fontconfig', 'fonts.conf'), fontconfig(home))
    try {
      renameSync(staging, home)
    } catch (error) {
      rmSync(staging, { recursive: true, force: true })
      if (!existsSync(home)) throw error
    }
  }

  const executablePath = join(home, 'chromium')
  const env: Record<string, string> = {}
  if (libraryMissing(executablePath)) env['LD_LIBRARY_PATH'] = join(home, 'al2023', 'lib')
  if (!systemHasFonts()) env['FONTCONFIG_FILE'] = join(home, 'fontconfig', 'fonts.conf')
  return { executablePath, env }
}

/**
 * Returns true if the system lacks NSS, which the package contains together with other libraries; the system's own are
 * preferred.
 */
function libraryMissing(executable: string): boolean {
  try {
    return execFileSync('ldd', [executable], { encoding: 'utf8' }).includes('not found')
  } catch {
    return true
  }
}

function systemHasFonts(): boolean {
  return (
    existsSync('/etc/fonts/fonts.conf') && existsSync('/usr/share/fonts') && readdirSync('/usr/share/fonts').length > 0
  )
}

/** Writes a fonts.conf for the unpacked folders: the package's own searches fixed folders only. */
function fontconfig(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/fontconfig</cachedir>
</fontconfig>
`
}
