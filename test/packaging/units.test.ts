import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { captureFileThreads, captureProcessFlags } from '#capture/rtp/process-flags.ts'
import { roleNames } from '#app/roles/role.ts'

const packaging = resolve(import.meta.dirname, '../../packaging')
const folder = join(packaging, 'systemd')
const units = readdirSync(folder).filter((name) => name.endsWith('.service'))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const settings = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value)

/** Highest exposure of a process as systemd measures it, in tenths: 0 to 100. */
const maxExposure = 15

test.skipIf(!has('systemd-analyze'))('every unit has an exposure of 1.5 at most, as systemd measures it', () => {
  // Runs a user manager with folders of its own: without one systemd-analyze needs /run/systemd, which only root can
  // create. The folders are not in /dev, where TMPDIR may be: systemd refuses a working directory there.
  const home = mkdtempSync('/tmp/seloste-units-')
  const found = units.map((name) => {
    const { stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['--user', 'security', '--offline=true', '--no-pager', join(folder, name)],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home } },
    )
    const exposure = /exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]
    if (exposure === undefined) throw new Error(`systemd-analyze says nothing of ${name}: ${stderr}`)
    return [name, Number(exposure)] as const
  })
  rmSync(home, { recursive: true })
  expect(found.length).toBe(6)
  for (const [name, exposure] of found) expect(exposure, name).toBeLessThanOrEqual(maxExposure / 10)
})

test('each role has its own unit and user, and is restarted when it dies and not when it is drained', () => {
  for (const role of roleNames) {
    const text = read(`seloste-${role}.service`)
    expect(settings(text, 'ExecStart')[0], role).toMatch(new RegExp(` start --role ${role}$`))
    expect(settings(text, 'User'), role).toEqual([`seloste-${role}`])
    expect(settings(text, 'Restart'), role).toEqual(['on-failure'])
    expect(settings(text, 'Type'), role).toEqual(['notify'])
    expect(settings(text, 'StartLimitIntervalSec'), role).toEqual(['0'])
    expect(read('seloste.target')).toContain(`seloste-${role}.service`)
  }
  const users = new Set(units.flatMap((name) => settings(read(name), 'User')))
  expect([...users].sort()).toEqual(['seloste', ...roleNames.map((role) => `seloste-${role}`)].sort())
})

test('capture has its process flags and priority, and is restarted by the watchdog when it hangs', () => {
  const text = read('seloste-capture.service')
  expect(settings(text, 'ExecStart')[0]).toContain(` ${captureProcessFlags.join(' ')} `)
  expect(settings(text, 'Nice')).toEqual(['-15'])
  expect(settings(text, 'WatchdogSec')).toEqual(['20s'])
  expect(text).toContain(`Environment=UV_THREADPOOL_SIZE=${captureFileThreads}\n`)
  // The Helm chart starts capture in the same way.
  const chart = readFileSync(join(packaging, 'helm/seloste/templates/capture.yaml'), 'utf8')
  expect(chart).toContain(captureProcessFlags.join(', '))
  expect(chart).toContain(`UV_THREADPOOL_SIZE, value: '${captureFileThreads}'`)
})

test('keys and audio in memory are written to no disk, by a core dump or swap', () => {
  for (const name of units) {
    expect(settings(read(name), 'LimitCORE'), name).toEqual(['0'])
    expect(settings(read(name), 'MemorySwapMax'), name).toEqual(['0'])
  }
})

test('only the units that need the folder of keys have access to it', () => {
  const keys = '/var/lib/seloste/custodian'
  for (const role of ['capture', 'feeds']) {
    expect(settings(read(`seloste-${role}.service`), 'InaccessiblePaths')[0], role).toContain(`-${keys}`)
  }
  for (const name of ['seloste-desk.service', 'seloste-prepare.service']) {
    expect(settings(read(name), 'TemporaryFileSystem'), name).toEqual(['/var/lib/seloste:ro'])
  }
})

test('the backup can read the custodian’s folder, but no secret of the machine', () => {
  const text = read('seloste-backup.service')
  expect(settings(text, 'CapabilityBoundingSet')).toEqual(['CAP_DAC_READ_SEARCH'])
  const hidden = settings(text, 'InaccessiblePaths').flatMap((paths) => paths!.split(' '))
  for (const path of ['/etc/shadow', '/etc/ssh', '/etc/ssl/private', '/var/lib/postgresql', '/var/log', '/boot']) {
    expect(hidden).toContain(`-${path}`)
  }
  expect(settings(text, 'ProtectHome')).toEqual(['yes'])
  // open_by_handle_at(2), which would let the capability read files without a path, is in @privileged.
  expect(settings(text, 'SystemCallFilter')).toContain('~@privileged @resources')
})

test('every user and group of a folder is created', () => {
  const created = new Set([
    'root',
    ...[...read('seloste.sysusers').matchAll(/^[ug]\s+(\S+)/gm)].map(([, name]) => name),
  ])
  const lines = read('seloste.tmpfiles')
    .split('\n')
    .filter((line) => /^[a-z]/i.test(line))
  for (const line of lines) {
    const [kind, , , user, group] = line.split(/\s+/)
    expect(['d', 'z'], `${line}: nothing is removed`).toContain(kind)
    expect(
      [user, group].filter((name) => !created.has(name)),
      line,
    ).toEqual([])
  }
})

describe('the scripts of the Debian package', () => {
  test.each(['postinst', 'prerm', 'postrm', 'seloste'])('%s is valid shell', (name) => {
    execFileSync('sh', ['-n', join(packaging, 'deb', name)])
  })

  test('purging the package keeps the data, unless a file explicitly says to delete them', () => {
    const text = readFileSync(join(packaging, 'deb/postrm'), 'utf8')
    const removals = text.split('\n').filter((line) => line.includes('rm -rf'))
    expect(removals.map((line) => line.trim())).toEqual(['rm -rf /var/cache/seloste', 'rm -rf /var/lib/seloste'])
    const [before = ''] = text.split('rm -rf /var/lib/seloste')
    const ifConfirmed = before.split('= "destroy all data" ]; then')[1] ?? 'else'
    expect(ifConfirmed).not.toMatch(/^ {4}(elif|else|fi)\b/m)
  })

  test('a purge that deletes the data overwrites the keys first', () => {
    const text = readFileSync(join(packaging, 'deb/postrm'), 'utf8')
    expect(text.indexOf('shred')).toBeGreaterThan(text.indexOf('= "destroy all data"'))
    expect(text.indexOf('shred')).toBeLessThan(text.indexOf('rm -rf /var/lib/seloste'))
  })
})
