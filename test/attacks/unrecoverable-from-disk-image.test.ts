// R22, R50: tries to open a thousand destroyed recordings with what an image of the volume and the key store contain
// right after the receipt. Long run.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import { connectDatabase, type Database } from '#platform/database/connect.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { expungeRecordings } from '#register/expunge.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import {
  callOfMonthsAgo,
  makeTestRegister,
  type RecordedSegment,
  type TestRegister,
} from '../register/make-register.ts'
import { carveHeaders, carveKeyFiles, carveRows } from './carve-image.ts'
import { filesIn, openFromImage } from './open-from-image.ts'

const count = Number(process.env['SELOSTE_DESTROYED'] ?? 1_000)
const isRun = process.env['SELOSTE_LONG'] === '1' && process.getuid?.() === 0
const password = 'a-good-long-password'
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
const now = () => Temporal.Now.instant()

/** Register with database, objects and keys on an ext4 volume of their own, made with mkfs's defaults. */
async function openVolume() {
  const base = mkdtempSync(join(tmpdir(), 'seloste-volume-'))
  const [image, mount] = [join(base, 'image'), join(base, 'mount')]
  chmodSync(base, 0o711)
  run('truncate', '-s', '1G', image)
  run('mkfs.ext4', '-q', '-F', image)
  mkdirSync(mount)
  run('mount', '-o', 'loop', image, mount)
  chmodSync(mount, 0o711)
  const log = { info: () => undefined, warn: () => undefined }
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDirectory: join(mount, 'database'), log })
  await migrate(server.adminUrl())
  const open = new Map<string, Database<RegisterTables>>()
  const as = (role = '') => {
    const url = role === '' ? server.adminUrl() : server.urlFor(role, password, 'postgres')
    const made =
      open.get(role) ??
      connectDatabase<RegisterTables>({ url, applicationName: role, size: 5, onIdleError: () => undefined })
    open.set(role, made)
    return made
  }
  await setRolePasswords(server.adminUrl(), { seloste_custodian: password, seloste_capture: password })
  const register: TestRegister = await makeTestRegister({ as }, mount)
  afterAll(async () => {
    for (const { close } of open.values()) await close()
    await server.stop()
    run('umount', mount)
    rmSync(base, { recursive: true, force: true })
  }, 120_000)
  return { register, as, image }
}

const volume = isRun ? await openVolume() : undefined

test.skipIf(!volume)(
  `none of ${count} recordings of the last minutes, days and months, destroyed by prohibition and by term, opens from an image of disk and key store taken right after the receipt`,
  { timeout: 3_600_000 },
  async () => {
    const { register, as, image } = volume!
    const { ingest: context } = register
    const destroyer = makeDestroyer({ as }, register)
    const ago = (hours: number) => {
      const endedAt = now().subtract({ hours })
      return { startedAt: endedAt.subtract({ minutes: 3 }), answeredAt: endedAt.subtract({ minutes: 2 }), endedAt }
    }
    const made = { fresh: [], kept: [], days: [], term: [] } as Record<
      'fresh' | 'kept' | 'days' | 'term',
      RecordedSegment[]
    >
    for (let n = 0; n < count / 4; n++) {
      made.fresh.push(await register.record({}, { packets: 5 }))
      made.kept.push(await register.record({}, { packets: 5 }))
      made.days.push(await register.record(ago(24 * (1 + (n % 40))), { packets: 5 }))
      made.term.push(await register.record(callOfMonthsAgo(7), { packets: 5 }))
      for (const { id } of [made.kept[n]!, made.days[n]!, made.term[n]!]) await ingestRecording(context, id, now())
    }
    const all = Object.values(made).flat()
    const keyFolder = join(register.folder, 'keys')
    const keysBefore = await filesIn(keyFolder)

    const forbidden = [...made.fresh, ...made.kept, ...made.days]
    for (const { id } of forbidden) await destroyer.forbid(id)
    const destroyed: string[] = []
    for (let at = 0; at < forbidden.length; at += 25) {
      const deadline = now().add({ seconds: 60 })
      const endings = forbidden
        .slice(at, at + 25)
        .map(({ id }) => ({ id, cause: 'caller' as const, doneBy: 'test', deadline }))
      destroyed.push(...(await expungeRecordings(destroyer.expunging, endings, now())).destroyed)
    }
    const swept = await sweep(destroyer.expunging, now())
    expect(destroyed.length + swept.recordings).toBe(all.length)

    // From here on, after the receipt was issued: collects everything that a thief would take.
    run('sync')
    const bytes = readFileSync(image)
    const keysAfter = await filesIn(keyFolder)

    const carved = carveHeaders(bytes)
    const left = all.filter(({ header }) => carved.has(header.toString('latin1')))
    const wrapped = carveRows(bytes)
    const removed = carveKeyFiles(bytes)
    // Assumes that every header can be found.
    const headers = new Map(all.map(({ id, header }) => [id, header]))
    const bodies = new Map(all.map(({ id, body }) => [id, body]))
    const openNow = openFromImage({ headers, bodies, wrapped, secrets: [...keysAfter, ...removed] })
    const openBefore = openFromImage({ headers, bodies, wrapped, secrets: keysBefore })
    console.log(
      `${all.length} destroyed; headers found in the image ${left.length}, rows ${wrapped.length}, blocks like a key ${removed.length}; ` +
        `opened with the key store of before ${openBefore.size}, of right after the receipt ${openNow.size}`,
    )
    // Control: with the earlier key store the attack succeeds.
    expect(left.length).toBeGreaterThan(all.length / 4)
    expect(openBefore.size).toBeGreaterThan(0.8 * all.length)
    expect([...openNow]).toEqual([])
  },
)
