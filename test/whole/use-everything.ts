// Uses every function of a Seloste once, from outside, on a machine that may have no network. Prints the result of each
// step in one line of JSON; the test checks them.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import { startSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const access = { purpose: 'CRIME_OR_MISUSE', reference: 'without-a-network' }
const caller = '+358401239003'

/** Output of commands that failed. */
const failures: string[] = []
function run(args: string[], environment: Record<string, string>): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...environment } }, (error, out, err) => {
      if (error) failures.push(`${args.join(' ')}: ${out}${err}`)
      resolve({ code: error ? Number(error.code) : 0, out: out + err })
    })
  })
}

async function contactIn(api: Api, state: string): Promise<ContactShape> {
  return eventually(async () => {
    const [found] = await api.contacts({ ...access, caller })
    return found?.segments[0]?.recording.state === state ? found : undefined
  }, `a recording that is ${state}`)
}

const folder = await mkdtemp(join(tmpdir(), 'seloste-everything-'))
const safe = join(folder, 'safe')
await mkdir(safe)
const made = await run(['backup', 'key', '--to', join(folder, 'recovery.key')], {})
const environment = {
  SELOSTE_BACKUPS: `safe=file://${safe}@server-room`,
  SELOSTE_BACKUP_KEY: /SELOSTE_BACKUP_KEY: (age1\S+)/.exec(made.out)?.[1] ?? '',
  SELOSTE_SITES: 'server-room',
}
const seloste = await startSeloste({ environment })
try {
  const security = await signInAt(seloste.url, 'tuula', seloste.password)
  const aino = await signInAt(seloste.url, 'aino', seloste.password)
  await placeCall({
    ...{ seed: caller, caller, number: '+35829497099', official: officialByKey('aino'), seconds: 2 },
    server: seloste.sip,
    transport: 'udp',
  })
  const captured = await contactIn(security, 'available')
  const id = captured.segments[0]?.recording.id ?? ''
  const played = await aino.listen(id, 'DEVELOPMENT')
  const own = { ...environment, ...seloste.environment }
  const backedUp = await run(['backup', '--to', 'safe'], own)
  const wish = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
  const forbidden = await aino.call('POST', `/api/recordings/${id}/prohibitions`, wish)
  await contactIn(security, 'destroyed')
  const page = await fetch(seloste.url, { headers: { accept: 'text/html' } })
  const published = await page.text()
  console.log(
    JSON.stringify({
      interfaces: Object.keys(networkInterfaces()),
      captured: captured.segments[0]?.recording.state,
      heardSamples: played.caller.length,
      backedUp: { code: backedUp.code, backups: (await readdir(join(safe, 'backups'))).length },
      forbidden: forbidden.status,
      page: { status: page.status, asksElsewhere: /(?:src|href)="(?:https?:)?\/\//.test(published) },
      verified: (await run(['audit', 'verify'], own)).code,
      failures,
    }),
  )
} finally {
  await seloste.stop()
  await rm(folder, { recursive: true, force: true })
}
