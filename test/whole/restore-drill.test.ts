/**
 * Backs up a whole Seloste and restores it on an empty machine, as an operator does
 * (docs/operate/backup-and-restore.md).
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import { stopExternalState, allowTriggerBypass, externalState } from './external-state.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const access = { purpose: 'CRIME_OR_MISUSE', reference: 'drill' }

function run(args: string[], environment: Record<string, string>): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...environment } }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out + err })
    })
  })
}

/** Runs a command and kills it at its first output, as if the machine lost power. */
async function kill(
  args: string[],
  environment: Record<string, string>,
  isEnough: (text: string) => boolean,
  max: number,
) {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (isEnough(text)) child.kill('SIGKILL')
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), max)
  await once(child, 'exit')
  clearTimeout(timer)
}

/** Mounts a disk of one MiB, or a read-only one, which only root can do. Returns true if it is mounted. */
function mount(folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const countFaultLines = (out: string) => out.split('\n').filter((line) => line.startsWith('seloste: ')).length

async function call(seloste: RunningSeloste, security: Api, caller: string): Promise<ContactShape> {
  await placeCall({
    seed: caller,
    caller,
    number: '+35829497099',
    official: officialByKey('aino'),
    seconds: 2,
    server: seloste.sip,
    transport: 'udp',
  })
  return contactWith(security, caller, (state) => state === 'available')
}

async function contactWith(api: Api, caller: string, isExpected: (state: string) => boolean): Promise<ContactShape> {
  return eventually(async () => {
    const [found] = await api.contacts({ ...access, caller })
    return found?.endedAt && found.segments.every(({ recording }) => isExpected(recording.state)) ? found : undefined
  }, `the call of ${caller}`)
}

/** Returns the whole audio of a recording, as a supervisor plays it. */
async function soundOf(seloste: RunningSeloste, contact: ContactShape): Promise<Buffer> {
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  const { caller, official } = await sari.listen(recordingOf(contact), 'QUALITY')
  return Buffer.concat([Buffer.from(caller.buffer), Buffer.from(official.buffer)])
}

const recordingOf = (contact: ContactShape) => contact.segments[0]?.recording.id ?? ''

async function playbackStatus(api: Api, contact: ContactShape): Promise<number> {
  const id = recordingOf(contact)
  return (await api.call('POST', `/api/recordings/${id}/listenings`, access)).status
}

/** Runs backups that fail: each reports its fault in one line and leaves the existing backup unchanged. */
async function expectFailingBackups(
  folder: string,
  environment: Record<string, string>,
  data: string,
  first: string,
): Promise<void> {
  const given = { ...environment, SELOSTE_DATA: data }
  for (const after of [300 + Math.random() * 1500, 1000 + Math.random() * 1000]) {
    await kill(['backup'], given, () => false, after)
  }
  const again = await run(['backup'], given)
  expect(again, again.out).toMatchObject({ code: 0 })
  expect(await readdir(join(folder, 'safe/backups'))).toContain(first)
  const to = (name: string, at: string, site: string) => ({
    ...given,
    SELOSTE_BACKUPS: `${name}=file://${at}@${site}`,
  })
  const elsewhere = await run(['backup'], to('cellar', join(folder, 'small'), 'cellar'))
  expect(elsewhere).toMatchObject({ code: 1, out: expect.stringContaining('cellar is not in the description') })
  const away = await run(['backup'], to('away', join(folder, 'nowhere'), 'server-room'))
  expect(away).toMatchObject({ code: 1, out: expect.stringContaining('does not exist') })
  expect([countFaultLines(elsewhere.out), countFaultLines(away.out)], elsewhere.out + away.out).toEqual([1, 1])
  const small = join(folder, 'small')
  // Only root can mount a full or a read-only disk.
  if (!mount(small, 'size=200k')) return
  try {
    const full = await run(['backup'], to('small', small, 'server-room'))
    expect(full, full.out).toMatchObject({ code: 1, out: expect.stringContaining('full') })
    expect(countFaultLines(full.out), full.out).toBe(1)
    execFileSync('mount', ['-o', 'remount,ro', small])
    const readOnly = await run(['backup'], to('small', small, 'server-room'))
    expect(readOnly).toMatchObject({ code: 1 })
    expect(countFaultLines(readOnly.out), readOnly.out).toBe(1)
  } finally {
    execFileSync('umount', [small])
  }
}

test(
  'restored on an empty machine, the register plays existing recordings and none destroyed after the backup, and stays closed until these are gone',
  { timeout: 400_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seloste-drill-'))
    const [before, after] = [join(folder, 'before'), join(folder, 'after')]
    for (const name of ['before', 'after', 'safe', 'small']) await mkdir(join(folder, name))
    const identity = join(folder, 'recovery.key')
    const made = await run(['backup', 'key', '--to', identity], {})
    const recipient = /SELOSTE_BACKUP_KEY: (age1\S+)/.exec(made.out)?.[1] ?? ''
    const environment = {
      SELOSTE_BACKUPS: `safe=file://${join(folder, 'safe')}@server-room`,
      SELOSTE_BACKUP_KEY: recipient,
      SELOSTE_SITES: 'server-room',
    }
    const settingsOf = async (data: string) => ({ ...environment, SELOSTE_DATA: data, ...(await externalState(data)) })
    const from = ['restore', '--from', join(folder, 'safe'), '--identity', identity]

    let seloste = await startSeloste({ dataDirectory: before, environment })
    const { ports } = seloste
    const [held, forbidden] = ['+358401239001', '+358401239002']
    let first = ''
    let sound: Buffer = Buffer.alloc(0)
    try {
      const security = await signInAt(seloste.url, 'tuula', seloste.password)
      sound = await soundOf(seloste, await call(seloste, security, held))
      const id = recordingOf(await call(seloste, security, forbidden))
      // The register makes its first backup by itself, and only one backup runs at a time.
      const backedUp = await eventually(
        async () => {
          const ran = await run(['backup', '--to', 'safe'], await settingsOf(before))
          return ran.out.includes('another backup to safe is running') ? undefined : ran
        },
        'no other backup runs',
        60_000,
      )
      expect(backedUp, backedUp.out).toMatchObject({ code: 0, out: expect.stringContaining('all of it read back') })
      first = (await readdir(join(folder, 'safe/backups'))).sort().at(-1) ?? ''
      if (process.env['SELOSTE_LONG'] === '1') await expectFailingBackups(folder, environment, before, first)
      const aino = await signInAt(seloste.url, 'aino', seloste.password)
      const wish = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
      expect((await aino.call('POST', `/api/recordings/${id}/prohibitions`, wish)).status).toBe(200)
      await contactWith(security, forbidden, (state) => state === 'destroyed')
      expect((await run(['backup'], await settingsOf(before))).code).toBe(0)
    } finally {
      await seloste.stop()
    }

    await allowTriggerBypass(after, true)
    const refused = await run([...from, '--ledger', folder], await settingsOf(after))
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('The register stays closed') })
    const begun = await run(['start'], await settingsOf(after))
    expect(begun, 'no empty register begins there').toMatchObject({
      code: 1,
      out: expect.stringContaining('stays closed'),
    })
    const other = join(folder, 'other.key')
    await run(['backup', 'key', '--to', other], {})
    const wrong = await run(['restore', '--from', join(folder, 'safe'), '--identity', other], {
      ...(await settingsOf(after)),
    })
    expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('the identity cannot decrypt the backup') })
    // However a restore is interrupted, the register stays closed, and the same restore can be continued.
    const targetSettings = await settingsOf(after)
    await kill([...from, '--backup', first], targetSettings, (text) => /tables (\d+) of \1/.test(text), 60_000)
    const closed = await run(['start'], targetSettings)
    expect(closed.code, closed.out).not.toBe(0)
    expect(closed.out).toContain('stays closed')
    // Makes the feed report the day's calls again.
    const position = join(after, 'feeds', 'exchange', 'position.json')
    await mkdir(dirname(position), { recursive: true })
    await writeFile(position, '[]')
    const restored = await run([...from, '--backup', first], await settingsOf(after))
    expect(existsSync(position)).toBe(false)
    expect(restored, restored.out).toMatchObject({ code: 0, out: expect.stringContaining(`restored ${first}`) })

    await allowTriggerBypass(after, false)
    seloste = await startSeloste({ dataDirectory: after, ports, environment })
    try {
      const security = await signInAt(seloste.url, 'tuula', seloste.password)
      const stored = await contactWith(security, held, (state) => state === 'available')
      expect((await soundOf(seloste, stored)).equals(sound) && sound.length > 8_000).toBe(true)
      const gone = await contactWith(security, forbidden, (state) => state === 'destroyed')
      expect(await playbackStatus(security, gone)).not.toBe(201)
      const { out: nodes } = await run(['nodes', 'list', '--json'], await settingsOf(after))
      expect(JSON.parse(nodes), 'the capture of before is forgotten').toMatchObject([{ state: 'takes-calls' }])
      const verified = await run(['recordings', 'verify'], await settingsOf(after))
      expect(verified, verified.out).toMatchObject({ code: 0 })
      const whole = await run(['audit', 'verify'], await settingsOf(after))
      expect(whole, whole.out).toMatchObject({ code: 0 })
    } finally {
      await seloste.stop()
    }
    for (const data of [before, after]) {
      await stopExternalState(data)
      const elsewhere = (await readFile(join(data, 'database/location'), 'utf8').catch(() => '')).trim()
      if (elsewhere !== '') await rm(elsewhere, { recursive: true, force: true })
    }
    await rm(folder, { recursive: true, force: true })
  },
)
