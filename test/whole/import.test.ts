import { execFile, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { connectDatabase } from '#platform/database/connect.ts'
import { openRecordingBody, openRecordingIndex } from '#register/recordings/open-recording.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeysOf } from '#safeguards/keys/recording-keys.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { adminUrlOf, objectsFolderOf } from './external-state.ts'
import { mapOfOldRecorder, writeOldRecorder, type OldCall } from './old-recorder.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const isLong = process.env['SELOSTE_LONG'] === '1'
const count = isLong ? 10_000 : 48
const kills = isLong ? 5 : 2
const young = Math.round(0.9 * count)

test(
  `${count} recordings of an earlier recorder are imported once and bit for bit, although the import is killed ${kills} times`,
  { timeout: isLong ? 3_600_000 : 400_000 },
  async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'seloste-import-data-'))
    const old = await mkdtemp(join(tmpdir(), 'seloste-import-old-'))
    const seloste = await startSeloste({ dataDirectory, isPrepared: true })
    const owner = new Client({ connectionString: await adminUrlOf(dataDirectory) })
    await owner.connect()
    try {
      const calls = await writeOldRecorder(old, { calls: count, young })
      const map = join(old, 'map.yaml')
      await writeFile(map, mapOfOldRecorder)
      const command = ['import', '--from', old, '--map', map]

      const dry = await run(seloste, [...command, '--dry-run'])
      expect(dry.out).toContain(`would be imported: ${young}\n`)
      expect(await countImported(owner)).toBe(0)

      for (let kill = 1; kill <= kills; kill++) {
        await killAtCount(seloste, command, owner, Math.round((kill * young) / (kills + 2)))
      }
      const report = join(dataDirectory, 'report.csv')
      const last = await run(seloste, [...command, '--report', report])
      expect(last).toMatchObject({ code: 0, out: expect.stringContaining(', the same bit for bit') })

      const [imported, tooOld] = [calls.slice(0, young), calls.slice(young)]
      const rows = (await readFile(report, 'utf8')).trim().split('\r\n').slice(1)
      const named = (state: string) =>
        rows.flatMap((row) => (row.split(',')[1] === state ? [row.split(',')[0]!] : [])).sort()
      expect(named('too-old')).toEqual(tooOld.map(({ file }) => file).sort())
      expect([...named('entered'), ...named('known')].sort()).toEqual(imported.map(({ file }) => file).sort())
      for (const { file } of tooOld) expect(last.out).toContain(`${file}: by the description`)

      await expectOnce(owner, old, imported)
      await expectSame(dataDirectory, old, imported)
      expect((await run(seloste, command)).out).toContain(`imported: 0\nimported by an earlier run: ${young}`)
      expect(await countImported(owner)).toBe(young)
      await expect
        .poll(
          async () => (JSON.parse((await run(seloste, ['status', '--json'])).out) as { broken: unknown[] }).broken,
          {
            timeout: 200_000,
            interval: 3_000,
          },
        )
        .toEqual([])

      const end = await run(seloste, [...command, '--destroy-old'])
      expect(end).toMatchObject({ code: 0, out: expect.stringContaining('; 0 stay') })
      expect((await readdir(old, { recursive: true })).sort()).toEqual(['map.yaml', 'sounds'])
    } finally {
      await owner.end()
      await seloste.stop()
      await Promise.all([dataDirectory, old].map((folder) => rm(folder, { recursive: true, force: true })))
    }
  },
)

/** Kills the command, which then runs with nobody to end it properly, once this many recordings are in. */
async function killAtCount(
  seloste: RunningSeloste,
  command: readonly string[],
  owner: Client,
  at: number,
): Promise<void> {
  const child = spawn(process.execPath, [program, ...command], {
    env: { ...process.env, ...seloste.environment },
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let isRunning = true
  void ended.then(() => (isRunning = false))
  while (isRunning && (await countImported(owner)) < at) await wait(20)
  expect(isRunning, 'it is killed before its end').toBe(true)
  // The launcher and the program that it started.
  process.kill(-child.pid!, 'SIGKILL')
  await ended
}

async function countImported(owner: Client): Promise<number> {
  const { rows } = await owner.query<{ n: number }>('select count(*)::integer as n from imported_recording')
  return rows[0]!.n
}

async function expectOnce(owner: Client, folder: string, imported: readonly OldCall[]): Promise<void> {
  const { rows } = await owner.query<{
    file: string
    caller: string
    is_logged: boolean
    parts: number
    is_term: boolean
  }>(`
    select encode(i.file_sha256, 'hex') as file, c.caller_key as caller, import_is_logged(r.id) and i.compared_at is not null as is_logged,
      (select count(*)::integer from segment s where s.contact_id = c.id) as parts,
      r.destroy_at = destruction_due_at(c.ended_at, 6) and r.state = 'STORED' as is_term
    from imported_recording i join recording r on r.id = i.recording_id join contact c on c.id = r.contact_id`)
  const digests = await Promise.all(
    imported.map(async ({ file }) => hash('sha256', await readFile(join(folder, file)))),
  )
  expect(rows.map(({ file }) => file).sort()).toEqual(digests.toSorted())
  expect(rows.map(({ caller }) => caller).sort()).toEqual(
    imported.map(({ caller }) => caller.replaceAll(' ', '')).sort(),
  )
  expect(rows.every(({ is_logged, parts, is_term }) => is_logged && parts === 1 && is_term)).toBe(true)
  const { rows: named } = await owner.query<{ n: number }>(
    `select count(*)::integer as n from segment where official_person_id is not null and decision_reason = 'imported'`,
  )
  expect(named[0]!.n).toBe(imported.length)
}

/** Opens every recording with its key and compares the samples with those that the test made. */
async function expectSame(dataDirectory: string, folder: string, imported: readonly OldCall[]): Promise<void> {
  const database = connectDatabase<RegisterTables>({
    url: await adminUrlOf(dataDirectory),
    applicationName: 'seloste-test',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    const [objects, keys] = await Promise.all([
      openTestObjects(objectsFolderOf(dataDirectory)),
      openKeyFolder(join(dataDirectory, 'keys')),
    ])
    const { rows } = await database.pool.query<{ id: string; file: string }>(
      `select recording_id as id, encode(file_sha256, 'hex') as file from imported_recording`,
    )
    const ids = new Map(rows.map(({ id, file }) => [file, id]))
    const fileKeys = await fileKeysOf(database.db, keys, [...ids.values()])
    for (const { file, lanes } of imported) {
      const id = ids.get(hash('sha256', await readFile(join(folder, file))))!
      const fileKey = fileKeys.get(id) as Buffer
      const index = await openRecordingIndex(objects, id, fileKey)
      const opened = await openRecordingBody(objects, id, fileKey)
      const pcm = await renderAudio(index, (n) => opened.openChunk(n), 0, index.durationSamples)
      expect(pcm.equals(interleaved(lanes)), file).toBe(true)
    }
  } finally {
    await database.close()
  }
}

/** Stereo as it is; mono in both lanes. */
function interleaved([left, right = left]: Int16Array[]): Buffer {
  const pcm = Buffer.alloc(4 * left!.length)
  left!.forEach((sample, n) => {
    pcm.writeInt16LE(sample, 4 * n)
    pcm.writeInt16LE(right![n]!, 4 * n + 2)
  })
  return pcm
}

function run(seloste: RunningSeloste, args: readonly string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...seloste.environment }, maxBuffer: 1 << 28 }
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, out: `${stdout}${stderr}` })
    })
  })
}
