/**
 * K4: the volume of the audit log is full. A view that cannot be logged shows nothing, and everything works again once
 * there is room.
 */
import { spawnSync } from 'node:child_process'
import { chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const pool = database.as().pool
const desk = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()
/** Only root can mount a volume. */
const canMount = process.getuid?.() === 0 && process.platform === 'linux'
let volume = ''

afterAll(async () => {
  if (volume === '') return
  await pool.query('alter table audit_entry set tablespace pg_default').catch(() => undefined)
  await pool.query('drop tablespace if exists full_volume').catch(() => undefined)
  spawnSync('umount', ['-l', volume])
  await rm(volume, { recursive: true, force: true })
})

test.skipIf(!canMount)(
  'on a full volume each view either has its entry or shows nothing (needs root, to mount a volume)',
  { timeout: 60_000 },
  async () => {
    const sari = await enterTestPerson(admin, desk, {
      name: 'Sari Niemi',
      phone: '029 512 1078',
      right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
    })
    const session = await sari.signIn()
    const grant = await requestGrant(desk, session, { purpose: 'DEVELOPMENT', action: 'contacts.listed' }, now())
    if ('refused' in grant) throw new Error(grant.refused)
    const countEntries = async () => {
      const text = `select count(*)::int as count from audit_entry where action = 'contacts.listed'`
      return (await pool.query<{ count: number }>(text)).rows[0]!.count
    }

    volume = await mkdtemp(join(tmpdir(), 'seloste-full-log-'))
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', volume]).status).toBe(0)
    const folder = (await pool.query<{ data_directory: string }>('show data_directory')).rows[0]!.data_directory
    const { uid, gid } = await stat(folder)
    await chown(volume, uid, gid)
    await pool.query(`create tablespace full_volume location '${volume}'`)
    await pool.query('alter table audit_entry set tablespace full_volume')
    spawnSync('dd', ['if=/dev/zero', `of=${join(volume, 'ballast')}`, 'bs=4k'])

    const before = await countEntries()
    let shown = 0
    let refused = 0
    // The remaining room in the log's last page is filled first.
    for (let n = 0; n < 200 && refused < 3; n++) {
      const answer = await listContacts(desk, grant, { limit: 10 }).catch((error: unknown) => error as Error)
      if (answer instanceof Error) {
        expect(answer.message).toMatch('No space left on device')
        refused++
      } else shown++
    }
    expect(refused).toBe(3)
    expect(await countEntries()).toBe(before + shown)

    await rm(join(volume, 'ballast'))
    await listContacts(desk, grant, { limit: 10 })
    expect(await countEntries()).toBe(before + shown + 1)
  },
)
