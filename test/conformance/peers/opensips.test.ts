/**
 * OpenSIPS with rtpengine as the recording client, with the configuration that operators are given, between two telephones of
 * SIPp. OpenSIPS is in no Debian: `OPENSIPS_PREFIX` names where it was installed (sbin/opensips, lib64/opensips/modules).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alawToLinear } from '#test/simulator/g711.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt, type Api } from '../../whole/api.ts'
import { findSound } from '../../whole/compare-sound.ts'
import { findPorts, startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'
import { runSipp, sippMissing } from './run-sipp.ts'
import { writeEnds, type CallPlan } from './sipp/write-ends.ts'
import { sweep } from './sweep.ts'

const example = new URL('../../../docs/operate/examples/opensips-siprec.cfg', import.meta.url)
const places = [process.env['OPENSIPS_PREFIX'] ?? '/usr', '/usr/local'].flatMap((prefix) =>
  ['lib64', 'lib', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu'].map((lib) => ({
    program: `${prefix}/sbin/opensips`,
    modules: `${prefix}/${lib}/opensips/modules/`,
  })),
)
const opensips = places.find(({ program, modules }) => existsSync(program) && existsSync(`${modules}siprec.so`))
const hasRtpengine = spawnSync('rtpengine', ['--version']).status === 0
const missing =
  sippMissing ||
  (opensips && hasRtpengine ? '' : ' (left out: it wants OpenSIPS with its module siprec, and rtpengine)')
const aino = officialByKey('aino')

describe.skipIf(missing !== '')(`OpenSIPS with rtpengine records a call${missing}`, () => {
  let seloste: RunningSeloste
  let security: Api
  let folder: string
  let proxyPort = 0
  let officialPort = 0
  const peers: ChildProcess[] = []
  const voices = {
    caller: { first: sweep(300, 700, 2_000), second: sweep(500, 1000, 2_000) },
    official: { first: sweep(1200, 1700, 2_000), second: sweep(1500, 2200, 2_000) },
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opensips-'))
    seloste = await startSeloste({ isPrepared: true })
    security = await signInAt(seloste.url, 'tuula', seloste.password)
    const [control, cli] = [await freePort(), await freePort()]
    proxyPort = await freePort()
    officialPort = await freePort()
    const { firstRtp, lastRtp } = await findPorts()
    peers.push(
      spawn('rtpengine', [
        ...['--interface=127.0.0.1', `--listen-ng=127.0.0.1:${control}`, `--listen-cli=127.0.0.1:${cli}`],
        ...['--table=-1', `--port-min=${firstRtp}`, `--port-max=${lastRtp}`, '--foreground', '--log-stderr'],
      ]),
    )
    // It answers no telephone before it has found rtpengine.
    await wait(2_000)
    const given: [string, string][] = [
      ['192.0.2.10:5060', `127.0.0.1:${proxyPort}`],
      ['/usr/lib/x86_64-linux-gnu/opensips/modules/', opensips?.modules ?? ''],
      ['127.0.0.1:2223', `127.0.0.1:${control}`],
      ['192.0.2.30:5060', `127.0.0.1:${officialPort}`],
      ['192.0.2.200:5060', `127.0.0.1:${seloste.sip.port}`],
    ]
    const text = given.reduce((all, [theirs, ours]) => all.replaceAll(theirs, ours), await readFile(example, 'utf8'))
    await writeFile(join(folder, 'opensips.cfg'), text)
    peers.push(spawn(opensips?.program ?? '', ['-F', '-f', join(folder, 'opensips.cfg')], { stdio: 'ignore' }))
    await wait(2_000)
  }, 200_000)
  afterAll(async () => {
    for (const peer of peers.reverse()) await end(peer)
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each<[string, CallPlan]>([
    ['held and resumed, the official hangs up', { held: true, hangsUp: 'official' }],
    ['the caller hangs up', { held: false, hangsUp: 'caller' }],
  ])('%s: the right contact, and each voice whole on its own side', { timeout: 120_000 }, async (title, plan) => {
    const caller = plan.held ? '+358407655001' : '+358407655002'
    const begunMs = Date.now()
    await call(title, caller, plan)
    const look = { purpose: 'CRIME_OR_MISUSE', reference: 'test', caller }
    const found = await eventually(async () => {
      const contacts = await security.contacts(look)
      return contacts[0]?.segments[0]?.recording.state === 'available' ? contacts : undefined
    }, 'the call, to be heard')
    expect(found).toHaveLength(1)
    const contact = await security.contact(found[0]?.id ?? '', 'CRIME_OR_MISUSE', 'test')
    expect(contact).toMatchObject({
      number: numbersCalled.testLine,
      segments: [{ official: { name: aino.name, phone: aino.phone }, marks: [], lostPackets: 0 }],
    })
    // OpenSIPS tells whole seconds.
    expect(Date.parse(contact.startedAt)).toBeGreaterThan(begunMs - 1_000)
    expect(Date.parse(contact.endedAt ?? '')).toBeLessThan(Date.now())
    const heard = await security.listen(contact.segments[0]?.recording.id ?? '', 'CRIME_OR_MISUSE', 'test')
    for (const who of ['caller', 'official'] as const) {
      for (const part of ['first', 'second'] as const) {
        const sent = alawToLinear(voices[who][part])
        expect(findSound(sent, heard[who]), `${part} of the ${who}`).toMatchObject({
          compared: sent.length,
          different: 0,
        })
      }
    }
  })

  async function call(title: string, caller: string, plan: CallPlan): Promise<void> {
    const scenarios = writeEnds(plan)
    const proxy = { host: '127.0.0.1', port: proxyPort }
    const ends = (['official', 'caller'] as const).map(async (who) => {
      const own = join(folder, `${title.length}-${who}`)
      await mkdir(own)
      await writeFile(join(own, 'scenario.xml'), scenarios[who])
      for (const part of ['first', 'second'] as const) await writeFile(join(own, `${part}.al`), voices[who][part])
      const keys = {
        caller,
        dialled: numbersCalled.testLine.replace('+358', '0'),
        first: join(own, 'first.al'),
        second: join(own, 'second.al'),
      }
      // Who answers has to be there first.
      if (who === 'caller') await wait(1_000)
      const port = who === 'official' ? officialPort : await freePort()
      const more = ['-p', String(port), ...Object.entries(keys).flatMap(([key, value]) => ['-key', key, value])]
      await runSipp({ server: proxy, transport: 'udp', scenario: join(own, 'scenario.xml'), folder: own, more })
    })
    await Promise.all(ends)
  }
})

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(late)
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}
