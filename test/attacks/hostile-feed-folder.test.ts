/** A writer to a feed's folder can neither stall the feed nor fill the disk (R9). Uses real files. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { createFeedImporter } from '#capture/feeds/import-feed.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { followFolder, type FollowedFolder, type FoundRecord } from '#capture/feeds/follow-folder.ts'

const database = await createTestDatabase<RegisterTables>()
let root = ''
let folder = ''
let followed: FollowedFolder | undefined
let found: string[] = []
let faults: string[] = []
let unblock = () => undefined as unknown

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seloste-hostile-feed-'))
  folder = join(root, 'folder')
  await mkdir(folder)
  ;[found, faults] = [[], []]
})
afterEach(async () => {
  unblock()
  unblock = () => undefined
  await followed?.stop()
  await rm(root, { recursive: true })
})

async function follow(onRecord: (record: FoundRecord) => unknown = () => undefined): Promise<FollowedFolder> {
  return (followed = await followFolder({
    folder,
    files: '*.ndjson',
    framing: 'lines',
    hasHeading: false,
    statePath: join(root, 'position.json'),
    async onRecord(record) {
      found.push(`${record.file} ${record.bytes.toString().trim()}`)
      await onRecord(record)
      record.acknowledge()
    },
    onFault: (error) => faults.push((error as Error).message),
    pollMs: 3_600_000,
    idleMs: 0,
  }))
}

const write = (name: string, text: string) => writeFile(join(folder, name), text)
/** Returns true if the work ends within three seconds. */
const endsInTime = (work: Promise<unknown>) =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 3_000, false))])

test('a pipe that replaces a file while another is read does not block', async () => {
  await write('a.ndjson', '1\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await write('b.ndjson', '2\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await write('c.ndjson', '3\n')
  const pipe = join(folder, 'b.ndjson')
  const { check } = await follow(async ({ file }) => {
    if (file !== 'a.ndjson') return
    await rm(pipe)
    execFileSync('mkfifo', [pipe])
    // Releases processes that wait for a writer when the test is over.
    unblock = () => execFileSync('sh', ['-c', `: 1<> "${pipe}"`])
  })
  expect(await endsInTime(check())).toBe(true)
  await check()
  expect(found).toEqual(['a.ndjson 1', 'c.ndjson 3'])
  expect(faults).toEqual([])
})

test('a file that is truncated while it is read is closed, and read again', async () => {
  const lines = Array.from({ length: 40_000 }, (_, n) => `${n}\n`).join('')
  const path = join(folder, 'a.ndjson')
  await write('a.ndjson', lines)
  await write('b.ndjson', 'other\n')
  const { check } = await follow(async ({ file }) => {
    if (file === 'a.ndjson' && found.length === 1) await truncate(path, 0)
  })
  unblock = () => execFileSync('sh', ['-c', `yes '' | head -c 400000 > "${path}"`])
  expect(await endsInTime(check())).toBe(true)
  await write('a.ndjson', 'again\n')
  await check()
  expect(found).toContain('b.ndjson other')
  expect(found.at(-1)).toBe('a.ndjson again')
})

test('a file that grows endlessly while it is read does not delay the others', async () => {
  const path = join(folder, 'a.ndjson')
  await write('a.ndjson', '1\n2\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await write('b.ndjson', 'other\n')
  const { check } = await follow(async ({ file }) => {
    if (file === 'a.ndjson') await writeFile(path, '3\n4\n5\n', { flag: 'a' })
  })
  expect(await endsInTime(check())).toBe(true)
  expect(found).toContain('b.ndjson other')
})

test('the feed does not follow a link out of the folder, such as one to the feed’s own files, reports it and reads the other files', async () => {
  await writeFile(join(root, 'unread-2026-12.ndjson'), 'of another\n')
  await symlink('../unread-2026-12.ndjson', join(folder, 'a.ndjson'))
  await write('b.ndjson', 'own\n')
  await symlink('b.ndjson', join(folder, 'latest'))
  const { check } = await follow()
  await check()
  expect(found).toEqual(['b.ndjson own'])
  expect(faults).toEqual([expect.stringContaining('a.ndjson')])
})

test('an endless empty file does not fill the disk with unreadable records: the feed stops, reports it, and continues once the file is moved away', async () => {
  const [ownFolder, megabyte] = [join(root, 'own'), 1024 ** 2]
  await mkdir(ownFolder)
  await write('a.ndjson', '')
  await truncate(join(folder, 'a.ndjson'), 24 * megabyte)
  const versions = await readVersions(database.as().db)
  const importer = createFeedImporter({
    feed: {
      ...{ name: 'pbx', source: 'json', fields: {}, zone: 'Europe/Helsinki', settleMs: 0 },
      from: { kind: 'folder', folder, files: '*' },
    },
    folder: ownFolder,
    maxUnread: 8 * megabyte,
    db: database.as('seloste_capture').db,
    context: () => ({
      ...{ versionAt: (at) => versionAt(versions, at), officials: [], drawKey: Buffer.alloc(32) },
      quotas: createQuotaCounts(),
    }),
    clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
    onFault: (error) => faults.push((error as Error).message),
    onProblem: () => undefined,
  })
  const { check } = await follow((record) => importer.take(record))
  const unread = async () => {
    const names = (await readdir(ownFolder)).filter((name) => name.startsWith('unread-'))
    return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(ownFolder, name))).size })))
  }
  for (let checks = 0; checks < 3; checks++) await check()
  const [stored] = await unread()
  expect(stored?.bytes).toBeLessThan(10 * megabyte)
  expect(faults).toEqual([expect.stringContaining(`${stored?.name} and move it away`)])
  const before = found.length
  await rm(join(ownFolder, stored!.name))
  await check()
  expect(found.length).toBeGreaterThan(before + 1)
})
