import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { packageVersion, type Commit } from '../../packaging/deb/package-version.ts'

const at = (time: string, more: Partial<Commit> = {}): Commit => ({
  tags: [''],
  at: Temporal.Instant.from(time).epochMilliseconds / 1000,
  hash: '5b164d889',
  isChanged: false,
  ...more,
})

test('a tagged commit has the version of its tag; a later commit has the version of the last release and the commit’s time and hash', () => {
  const time = '2026-12-01T18:34:17Z'
  expect(packageVersion('1.0.0', undefined)).toBe('1.0.0')
  expect(packageVersion('1.0.0', at(time, { tags: ['v1.0.0', 'other'] }))).toBe('1.0.0')
  expect(packageVersion('1.0.0', at(time))).toBe('1.0.0+20261201183417.g5b164d889')
  expect(packageVersion('1.0.0', at(time, { tags: ['v0.9.0'] }))).toBe('1.0.0+20261201183417.g5b164d889')
  expect(packageVersion('1.0.0', at(time, { tags: ['v1.0.0'], isChanged: true }))).toMatch(/889\.changed$/)
})

test.skipIf(spawnSync('dpkg', ['--version']).status !== 0)('apt upgrades to each later version', () => {
  const inOrder = [
    packageVersion('0.1.0', at('2026-11-30T08:00:00Z', { tags: ['v0.1.0'] })),
    packageVersion('0.1.0', at('2026-12-01T08:00:00Z', { hash: 'ffffffff0' })),
    packageVersion('0.1.0', at('2026-12-01T08:00:01Z', { hash: '000000001' })),
    packageVersion('0.1.0', at('2026-12-01T08:00:01Z', { hash: '000000001', isChanged: true })),
    packageVersion('1.0.0', at('2026-12-02T08:00:00Z', { tags: ['v1.0.0'] })),
    packageVersion('1.0.0', at('2026-12-03T08:00:00Z')),
    packageVersion('1.0.1', at('2026-12-02T08:00:00Z', { tags: ['v1.0.1'] })),
  ]
  for (const [index, later] of inOrder.slice(1).entries()) {
    const { status } = spawnSync('dpkg', ['--compare-versions', inOrder[index]!, 'lt', later])
    expect(status, `${inOrder[index]} is older than ${later}`).toBe(0)
  }
})
