// R52: a restore stops half way, for example because keys are missing in a place, and the register stays in quarantine.
// The nightly backup, which is a process of its own, must not overwrite the place's keyring with that of the
// half-restored register, and must not make a backup that nobody may open.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findBackups } from '#safeguards/backup/list-backups.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  recovery,
  restoreFrom,
  type TestPlace,
} from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(2)
await register.seal()
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

function run(args: string[], environment: Record<string, string>): Promise<{ code: unknown; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...environment } }, (error, out, err) => {
      resolve({ code: error?.code ?? 0, out: out + err })
    })
  })
}

async function keysOf({ store }: TestPlace): Promise<string[]> {
  const found: string[] = []
  for await (const key of store.list('keyring/')) found.push(key)
  return found.sort()
}

test(
  'no command opens a register that is being restored, not even the nightly backup',
  { timeout: 120_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    await backUpTo(register, place)
    const whole = await keysOf(place)
    const shard = whole.find((key) => /\/\d+$/.test(key))!
    const bytes = await place.store.readRange(shard, 0, await place.store.sizeBytes(shard))
    // Simulates a disk that loses part of the object this time.
    await place.store.put(shard, bytes.subarray(0, 10))
    const machine = await emptyMachine()
    await expect(restoreFrom(machine, place, { acceptLostKeys: false })).rejects.toMatchObject({
      code: 'restore-keyring',
    })
    const drawKey = join(machine.folder, 'draw.key')
    await writeFile(drawKey, Buffer.alloc(32, 7), { mode: 0o600 })
    const settings = {
      ...{ DATABASE_URL: machine.url, SELOSTE_DATA: machine.folder, SELOSTE_DRAW_KEY: drawKey },
      SELOSTE_BACKUPS: `${place.name}=file://${place.folder}@server-room`,
      ...{ SELOSTE_BACKUP_KEY: recovery.recipient, SELOSTE_SITES: 'server-room' },
    }
    await place.store.put(shard, bytes)
    // At the same time, because each starts a process of its own.
    const commands = [['backup'], ['rights', 'list'], ['audit', 'export', '--to', join(machine.folder, 'export')]]
    const answers = await Promise.all(commands.map((command) => run(command, settings)))
    for (const [at, command] of commands.entries()) {
      expect(answers[at], command.join(' ')).toMatchObject({
        code: 1,
        out: expect.stringContaining('stays closed') as string,
      })
    }
    expect(await keysOf(place)).toEqual(whole)
    expect((await findBackups(place.store)).whole).toHaveLength(1)
  },
)
