import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { readSettings } from '#platform/config/settings.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { checkDatabase, judgeDatabase, judgeConnectionError, type DatabaseFacts } from './check-database.ts'
import { checkFolder, checkSecret, judgeFreeSpace, judgeSync, secretFiles } from './check-disk.ts'
import { checkCertificate, checkEngines } from './check-files.ts'
import { checkBuffers, checkMachine, checkMemory, checkOpenFiles, judgeClock } from './check-machine.ts'
import { judgeOverlap, judgePort, judgeRange } from './check-ports.ts'
import { checkSettings } from './check-settings.ts'
import { checkStore } from './check-stores.ts'
import type { Finding } from './finding.ts'

const database = await createTestDatabase()
const folder = await mkdtemp(join(tmpdir(), 'seloste-doctor-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const program = new URL('../../../../bin/seloste.js', import.meta.url).pathname

/** Returns a finding's check and result. Asserts that every warning and error has a remedy. */
function judged(finding: Finding): [string, string] {
  expect(finding.remedy === undefined, finding.check).toBe(finding.is === 'ok' || finding.is === 'unknown')
  expect(finding.says).not.toMatch(/\n/)
  return [finding.check, finding.is]
}

describe('the settings', () => {
  test('are listed with their source, without values, and an unknown name is found', async () => {
    const configFile = join(folder, 'set.yaml')
    await writeFile(configFile, 'SELOSTE_FEEDS: /etc/feeds.yaml\n')
    const environment = {
      SELOSTE_HTTP: '127.0.0.1:81',
      SELOSTE_DECISIONS_TOKEN: 'secret',
      SELOSTE_TRUNK: 'x',
      PATH: '',
    }
    const [set, unknown] = checkSettings({ configFile }, environment)
    expect(judged(set!)).toEqual(['settings', 'ok'])
    expect(set!.says).toBe(
      `set are SELOSTE_HTTP, SELOSTE_DECISIONS_TOKEN in the environment; SELOSTE_FEEDS in ${configFile}`,
    )
    expect(judged(unknown!)).toEqual(['settings.unknown', 'warning'])
    expect(unknown!.says).toBe('SELOSTE_TRUNK in the environment: unknown settings')
    expect(checkSettings({ configFile: undefined }, { SELOSTE_LONG: '1' }).map((finding) => finding.says)).toEqual([
      'nothing is set: the defaults apply',
    ])
  })
})

test('a recogniser without its model is found, and the remedy names the models that there are', async () => {
  const enginesFile = join(folder, 'engines.json')
  const [model, sha256] = [join(folder, 'ggml-small.bin'), 'ab'.repeat(32)]
  const programHash = execFileSync('sha256sum', [process.execPath], { encoding: 'utf8' }).slice(0, 64)
  const program = { name: 'Whisper small', version: '1.9.1', licence: 'MIT', program: process.execPath }
  const files = [{ path: model, sha256, licence: 'MIT' }]
  await writeFile(enginesFile, JSON.stringify({ recognition: [{ ...program, sha256: programHash, files }] }))
  const found = async () => (await checkEngines(enginesFile)).find(({ says }) => says.includes(model))!
  expect(judged(await found())).toEqual(['engines', 'warning'])
  expect((await found()).remedy).toContain('ggml-small.bin (466 MB)')
  await writeFile(model, 'another model', { mode: 0o644 })
  expect((await found()).says).toContain('program-changed')
  expect((await found()).remedy).toContain('seloste recogniser whisper')
})

describe('the machine', () => {
  test('that runs this test is checked, with a finding for each check', async () => {
    const checks = (await checkMachine()).map((finding) => judged(finding)[0])
    expect(checks).toEqual(['memory', 'open-files', 'kernel-buffers', 'time-zone', 'clock'])
  })

  test('too little memory, few file descriptors, small buffers and an unsynchronised clock are found', () => {
    expect([0.5e9, 1.5e9, 8e9].map((bytes) => judged(checkMemory(bytes))[1])).toEqual(['error', 'warning', 'ok'])
    const limits = (limit: string) =>
      `Limit   Soft  Hard  Units\nMax open files            256       ${limit}     files\n`
    expect(['512', '2048', '65536', 'unlimited'].map((limit) => judged(checkOpenFiles(limits(limit)))[1])).toEqual([
      ...['error', 'warning', 'ok', 'ok'],
    ])
    expect(['212992\n', '4194304\n', ''].map((text) => judged(checkBuffers(text))[1])).toEqual([
      ...['warning', 'ok', 'unknown'],
    ])
    expect([undefined, 'no', 'yes'].map((report) => judged(judgeClock(report))[1])).toEqual([
      'unknown',
      'warning',
      'ok',
    ])
  })
})

describe('the disk', () => {
  test('a folder that others can read, and one that cannot be created, are found', async () => {
    const open = join(folder, 'open')
    await mkdir(open, { mode: 0o700 })
    expect(judged(await checkFolder('data', open))).toEqual(['folder.data', 'ok'])
    await chmod(open, 0o755)
    expect(judged(await checkFolder('data', open))).toEqual(['folder.data', 'warning'])
    // A store shared by users, as the Debian package creates it (docs/operate/several-machines.md).
    await chmod(open, 0o2770)
    expect(judged(await checkFolder('objects', open))).toEqual(['folder.objects', 'ok'])
    expect(judged(await checkFolder('data', open))).toEqual(['folder.data', 'warning'])
    await chmod(open, 0o2775)
    expect(judged(await checkFolder('objects', open))).toEqual(['folder.objects', 'warning'])
    expect(judged(await checkFolder('data', join(folder, 'new')))).toEqual(['folder.data', 'ok'])
    await writeFile(join(folder, 'file'), '')
    expect(judged(await checkFolder('data', join(folder, 'file', 'below')))).toEqual(['folder.data', 'error'])
  })

  test('little free space, few inodes and a slow disk are found', () => {
    const found = [judgeFreeSpace('data', 0.5e9, 1), judgeFreeSpace('data', 5e9, 1), judgeFreeSpace('data', 50e9, 0.01)]
    expect(found.map((finding) => judged(finding)[1])).toEqual(['error', 'warning', 'warning'])
    expect(judgeFreeSpace('data', 50e9, 0.5).is).toBe('ok')
    expect(
      [
        [2, 3, 200],
        [30, 40, 50],
        [200, 300],
      ].map((took) => judged(judgeSync('data', took))[1]),
    ).toEqual([...['ok', 'warning', 'error']])
  })

  test('a token file that everybody can read is found', async () => {
    const path = join(folder, 'feeds.yaml')
    await writeFile(path, '', { mode: 0o600 })
    expect(judged(await checkSecret('SELOSTE_FEEDS', path))[1]).toBe('ok')
    await chmod(path, 0o644)
    expect(judged(await checkSecret('SELOSTE_FEEDS', path))[1]).toBe('warning')
    expect(judged(await checkSecret('SELOSTE_FEEDS', `${path}.not`))[1]).toBe('error')
  })

  test('each file with a secret that a setting names is checked, and a settings file that contains one', async () => {
    const configFile = join(folder, 'seloste.yaml')
    const s3 = (credentials: string) =>
      `s3://bucket-of-${credentials}/x?endpoint=https://s3.example&region=eu-north-1&credentials=/etc/${credentials}`
    await writeFile(join(folder, 'oidc'), 'secret')
    await writeFile(configFile, 'SELOSTE_HTTP: 127.0.0.1:1\n')
    const settings = readSettings(
      {
        ...{ SELOSTE_CONFIG: configFile, OBJECTS_URL: s3('objects') },
        SELOSTE_LEDGER: `copy=${s3('copy')}`,
        ...{
          SELOSTE_OIDC_ISSUER: 'https://id.example',
          SELOSTE_OIDC_CLIENT_ID: 'a',
          SELOSTE_OIDC_CLIENT_SECRET_FILE: join(folder, 'oidc'),
        },
      },
      folder,
    )
    const found = async () => Object.fromEntries(Object.entries(await secretFiles(settings)).filter(([, path]) => path))
    const named = {
      ...{ OBJECTS_URL: '/etc/objects', 'SELOSTE_LEDGER.copy': '/etc/copy' },
      SELOSTE_OIDC_CLIENT_SECRET_FILE: join(folder, 'oidc'),
    }
    expect(await found()).toMatchObject(named)
    expect(await found()).not.toHaveProperty('SELOSTE_CONFIG')
    await writeFile(configFile, 'DATABASE_URL: postgres://a:b@c/d\n')
    expect(await found()).toMatchObject({ ...named, SELOSTE_CONFIG: configFile })
  })
})

describe('ports', () => {
  const at = { host: '127.0.0.1', port: 8080 }
  test('a port used by another program is an error, and one of the running Seloste is not', () => {
    const port = (reason: string | undefined, runs = false) =>
      judged(judgePort('SELOSTE_HTTP', at, 'TCP', reason, runs))[1]
    expect([port(undefined), port('EADDRINUSE', true)]).toEqual(['ok', 'ok'])
    for (const reason of ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENETDOWN'])
      expect(port(reason), reason).toBe('error')
  })

  test('a range too small for calls, and one within the system’s ephemeral ports, are found', () => {
    const range = (firstPort: number, lastPort: number) => ({ host: '127.0.0.1', firstPort, lastPort })
    const ranges = [range(30_000, 30_001), range(30_000, 30_099), range(30_000, 39_999)]
    expect(ranges.map((one) => judged(judgeRange(one))[1])).toEqual(['error', 'warning', 'ok'])
    expect(judgeOverlap(range(30_000, 32_767), '32768\t60999\n')).toEqual([])
    expect(judgeOverlap(range(30_000, 39_999), '32768\t60999\n').map((finding) => judged(finding)[1])).toEqual([
      'warning',
    ])
    expect(judgeOverlap(range(30_000, 39_999), '')).toEqual([])
    const reserved = (text: string) => judgeOverlap(range(30_000, 39_999), '32768\t60999\n', text)[0]?.is
    expect(reserved('30000-39999\n')).toBe('ok')
    expect(reserved('5000,32768-40000\n')).toBe('ok')
    expect(reserved('30000-35000\n')).toBe('warning')
    expect(reserved('\n')).toBe('warning')
  })
})

describe('the database', () => {
  test('passes the checks if nothing is wrong with it', async () => {
    const found = await checkDatabase(database.url())
    // The tests' database has unsafe settings, for speed.
    const unsafe = ['database.fsync', 'database.full_page_writes', 'database.synchronous_commit']
    expect(found.map(judged).filter(([check, is]) => is === 'error' && !unsafe.includes(check))).toEqual([])
    expect(found.map(({ check }) => check)).toContain('database.version')
  })

  test('is reported if it is old, not UTF-8, without rights, unsafe or in another time zone', () => {
    const sound: DatabaseFacts = {
      ...{
        version: 170_002,
        encoding: 'UTF8',
        lowersUmlauts: true,
        connections: 200,
        fsync: 'on',
        full_page_writes: 'on',
      },
      ...{
        synchronous_commit: 'on',
        checksums: 'on',
        createsRoles: true,
        createsTables: true,
        summer: '15',
        logsValues: false,
      },
    }
    const wrong = (facts: Partial<DatabaseFacts>, skewMs = 0) =>
      judgeDatabase({ ...sound, ...facts }, skewMs)
        .map(judged)
        .filter(([, is]) => is !== 'ok')
    expect(wrong({})).toEqual([])
    expect(wrong({ version: 140_011 })).toEqual([['database.version', 'error']])
    expect(wrong({ encoding: 'SQL_ASCII' })).toEqual([['database.encoding', 'error']])
    expect(wrong({ lowersUmlauts: false })).toEqual([['database.locale', 'error']])
    expect(wrong({ createsRoles: false })).toEqual([['database.rights', 'error']])
    expect(wrong({ summer: '14' })).toEqual([['database.time-zone', 'error']])
    expect(wrong({ connections: 50 })).toEqual([['database.connections', 'warning']])
    expect(wrong({ synchronous_commit: 'off' })).toEqual([['database.synchronous_commit', 'error']])
    expect(wrong({ checksums: 'off' })).toEqual([['database.checksums', 'warning']])
    expect(wrong({ logsValues: true })).toEqual([['database.log', 'warning']])
    expect(wrong({}, 5_000)).toEqual([['database.clock', 'warning']])
    expect(wrong({}, 60_000)).toEqual([['database.clock', 'error']])
  })

  test('that cannot be reached gets a finding with a remedy and without its password', async () => {
    const [unreachable] = await checkDatabase('postgres://seloste:very-secret@127.0.0.1:9/nothing')
    expect(judged(unreachable!)).toEqual(['database', 'error'])
    expect(JSON.stringify(unreachable)).not.toContain('very-secret')
    expect(judgeConnectionError({ code: '3D000', message: 'no such database' }).remedy).toContain('createdb')
  })

  test.each([
    ['28000', 'no pg_hba.conf entry for host "[local]", user "seloste-desk"'],
    ['28000', 'Peer authentication failed for user "seloste"'],
    ['28000', 'role "seloste" does not exist'],
    ['3D000', 'database "seloste" does not exist'],
  ])('that does not exist yet has the remedy "seloste setup" if it is of this machine: %s, %s', (code, message) => {
    const local = judgeConnectionError({ code, message }, 'postgres:///seloste?host=/run/postgresql')
    expect(judged(local)).toEqual(['database', 'error'])
    expect(local.remedy).toMatch(/^run "seloste setup"/)
    const unreachable = judgeConnectionError({ code, message }, 'postgres://seloste@db.example/seloste')
    expect(unreachable.remedy).toContain('"seloste create-database --print"')
  })
})

describe('stores and certificates', () => {
  test('a store with every needed function is in order, and one that is missing or cannot delete is not', async () => {
    const store = await openDirectoryStore(join(folder, 'objects'))
    expect(judged(await checkStore('objects', () => Promise.resolve(store)))[1]).toBe('ok')
    const finding = await checkStore('objects', () =>
      Promise.resolve({ ...store, delete: () => Promise.resolve(false) }),
    )
    expect([judged(finding)[1], finding.says]).toEqual(['error', expect.stringContaining('deleted')])
    const none = await checkStore('objects', () => openDirectoryStore(join(folder, 'file', 'objects')))
    expect(judged(none)[1]).toBe('error')
  })

  test('a certificate that ends soon, has ended or has another key is found', async () => {
    const make = (name: string) => {
      const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)]
      const made = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '90',
      ]
      execFileSync('openssl', [...made, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert], { stdio: 'ignore' })
      return { certificate: cert, key, clients: cert }
    }
    const [one, other] = [make('one'), make('other')]
    const inDays = (days: number) => Temporal.Now.instant().add({ hours: 24 * days })
    const found = async (files: typeof one, days: number) =>
      (await checkCertificate('certificate.sips', files, inDays(days))).map((finding) => judged(finding)[1])
    expect(await found(one, 1)).toEqual(['ok', 'ok'])
    expect(await found(one, 70)).toEqual(['warning', 'warning'])
    expect(await found(one, 100)).toEqual(['error', 'error'])
    expect(await found({ ...one, key: other.key }, 1)).toEqual(['error'])
    expect(await found({ ...one, clients: one.key }, 1)).toEqual(['error'])
  })
})

describe('seloste doctor', () => {
  const run = (environment: Record<string, string>) => {
    try {
      const env = { ...process.env, SELOSTE_DATA: join(folder, 'data'), ...environment }
      return { code: 0, out: execFileSync(process.execPath, [program, 'doctor', '--json'], { env, encoding: 'utf8' }) }
    } catch (thrown) {
      const { status, stdout } = thrown as { status: number; stdout: string }
      return { code: status, out: stdout }
    }
  }
  interface Report {
    errors: number
    findings: Finding[]
  }

  test('reports an occupied port and exits with 1, and finds no fault with free ports', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const ports = { SELOSTE_HTTP: '127.0.0.1:0', SELOSTE_SIP: '127.0.0.1:0', SELOSTE_RTP: '127.0.0.1:19000-19999' }
    const [withFreePorts, withOccupiedPort] = [run(ports), run({ ...ports, SELOSTE_HTTP: `127.0.0.1:${port}` })]
    taken.close()
    const [freeReport, occupiedReport] = [withFreePorts, withOccupiedPort].map(({ out }) => JSON.parse(out) as Report)
    expect(occupiedReport!.findings.filter(({ is }) => is === 'error').map(({ check }) => check)).toContain(
      'port.SELOSTE_HTTP.tcp',
    )
    expect(withOccupiedPort.code).toBe(1)
    expect(freeReport!.findings.filter(({ check, is }) => is === 'error' && check.startsWith('port'))).toEqual([])
    for (const finding of [...freeReport!.findings, ...occupiedReport!.findings]) judged(finding)
  })

  // Root may run doctor in the data folder of another user, whose first start could not use files created by root.
  test('leaves nothing in an unused data folder', async () => {
    const data = join(folder, 'unused')
    await mkdir(data, { mode: 0o700 })
    const { out } = run({ SELOSTE_DATA: data })
    const { findings } = JSON.parse(out) as Report
    const stores = findings.filter(({ check }) => check === 'objects' || check === 'keys')
    expect(stores.map(judged)).toEqual([
      ['objects', 'ok'],
      ['keys', 'ok'],
    ])
    expect(await readdir(data)).toEqual([])
  })

  test.skipIf(process.getuid?.() !== 0)('finds keys that belong to another user than their folder', async () => {
    const data = join(folder, 'owned')
    await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 })
    await chown(data, 65_534, 65_534)
    const { findings } = JSON.parse(run({ SELOSTE_DATA: data }).out) as Report
    const found = findings.find(({ check }) => check === 'keys')
    expect(found).toMatchObject({ is: 'error', remedy: `chown -R --reference=${data} ${data}/keys` })
  })

  test('reports a wrong setting as a finding, and continues', () => {
    const { code, out } = run({ SELOSTE_RTP: 'everywhere' })
    const report = JSON.parse(out) as Report
    expect([code, report.findings.map(({ check }) => check)]).toEqual([1, ['settings']])
    expect(report.findings[0]!.says).toContain('SELOSTE_RTP')
  })
})
