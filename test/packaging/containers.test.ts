/**
 * Checks that everything named in the container files exists. If a container engine is installed, its compose command
 * reads compose.yaml.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readSettings } from '#platform/config/settings.ts'
import { settingNames } from '#platform/config/settings-table.ts'
import { readSettingsFile } from '../../src/app/cli/setup/settings-file.ts'

interface Service {
  image: string
  secrets?: string[]
  volumes?: string[]
  ports?: string[]
  env_file?: string[]
  environment?: Record<string, string>
  depends_on?: string[] | Record<string, { condition: string }>
  command?: string[]
}
interface Compose {
  services: Record<string, Service>
  volumes: Record<string, null>
  secrets: Record<string, { file: string }>
}

const source = 'packaging/compose'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seloste-compose-'))
  cpSync(source, folder, { recursive: true, filter: (path) => !/\/(secrets|settings\.env)$/.test(path) })
  execFileSync('sh', [join(folder, 'make-secrets.sh')])
  cpSync(join(folder, 'settings.example.env'), join(folder, 'settings.env'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const compose = parse(readFileSync(join(source, 'compose.yaml'), 'utf8')) as Compose

test('every file, volume, secret and service named in compose.yaml exists', () => {
  const { services, volumes, secrets } = compose
  for (const [name, { file }] of Object.entries(secrets)) expect(existsSync(join(folder, file)), name).toBe(true)
  for (const [name, service] of Object.entries(services)) {
    for (const secret of service.secrets ?? []) expect(Object.keys(secrets), name).toContain(secret)
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':')
      if (from.startsWith('.')) expect(existsSync(join(folder, from)), volume).toBe(true)
      else expect(Object.keys(volumes), volume).toContain(from)
    }
    for (const path of service.env_file ?? []) expect(existsSync(join(folder, path)), path).toBe(true)
    const needs = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})
    for (const other of needs) expect(Object.keys(services)).toContain(other)
    expect(service.image, `${name} names a version`).toMatch(/:[\w.-]+\}?$/)
  }
})

test('only Seloste can be reached from other machines, and secrets are made once, readable for their owner alone', () => {
  for (const [name, { ports = [] }] of Object.entries(compose.services)) {
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
  }
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'secrets/seloste.env')).mode & 0o777).toBe(0o600)
  const before = readFileSync(join(folder, 'secrets/owner-password'), 'utf8')
  expect(before).toMatch(/^[\da-f]{48}$/)
  expect(spawnSync('sh', [join(folder, 'make-secrets.sh')]).status).not.toBe(0)
  expect(readFileSync(join(folder, 'secrets/owner-password'), 'utf8')).toBe(before)
})

test('the settings in compose.yaml are settings of Seloste, which accepts them as a whole', () => {
  const { environment = {}, env_file: files = [] } = compose.services['seloste']!
  const given = new Map([
    ...files.flatMap((path) => [...readSettingsFile(readFileSync(join(folder, path), 'utf8'))]),
    ...Object.entries(environment),
  ])
  expect([...given.keys()].filter((name) => !(settingNames as readonly string[]).includes(name))).toEqual([])
  const { databaseUrl, objects, sip } = readSettings(Object.fromEntries(given), folder)
  expect(databaseUrl).toMatch(/^postgres:\/\/seloste:[\da-f]{48}@127\.0\.0\.1:5432\/seloste$/)
  expect(objects).toMatchObject({ kind: 's3' })
  expect(sip.host).toBe('192.0.2.5')
  const keys = readFileSync(join(folder, 'secrets/s3-credentials'), 'utf8').match(/[\da-f]{48}/g)
  expect(readFileSync(join(folder, 'secrets/s3.json'), 'utf8').match(/[\da-f]{48}/g)).toEqual(keys)
})

test.skipIf(spawnSync('docker', ['compose', 'version']).status !== 0)('compose accepts compose.yaml', () => {
  execFileSync('docker', ['compose', '-f', join(folder, 'compose.yaml'), 'config', '--quiet'])
})

test('the build of the image has every folder that its Containerfile copies', () => {
  const text = readFileSync('packaging/container/Containerfile', 'utf8')
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '))
  const allowed = readFileSync('.containerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  expect(copied.length).toBeGreaterThan(8)
  expect(copied.filter((path) => !allowed.includes(path))).toEqual([])
  expect(allowed.filter((path) => !existsSync(path))).toEqual([])
  expect(readdirSync('.').includes('.dockerignore'), 'Docker reads .dockerignore only').toBe(true)
})
