/**
 * Measures INVITE to 200 of the whole of Seloste at 50 calls a second, with 300 recorded calls sending audio: parties, plan,
 * ports, sealed files, the durable fact, the answer. Yardstick in the same run and by the same client: our SIP server with a
 * handler that answers at once. Also measures, in the same seconds, a synchronous write (O_DSYNC) without Seloste, and the delay
 * of the client's event loop. Capture's own histogram covers a request read to its answer sent: the rest is the client's and
 * the machine's.
 */
import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { startSipServer } from '#capture/sip/server.ts'
import { describeLeg, labels } from '#test/simulator/describe-call.ts'
import { officialByKey } from '#test/simulator/people.ts'
import { freshIdentifiers } from '#test/simulator/random.ts'
import {
  startRecordingClient,
  type Invitation,
  type RecordingClient,
  type RecordingSession,
} from '#test/simulator/recording-client.ts'
import { writeMetadata } from '#test/simulator/recording-metadata.ts'
import { startSeloste } from '#test/whole/start-seloste.ts'
import { compile, generatorPort } from '../capture/run-receiver.ts'
import { startSyncing } from './sync-alone.ts'
import { ms, percentile, ratio, type Row } from '../rows.ts'

const callsPerSecond = 50
const runningCalls = 300
/** Duration of a measured call. */
const callMs = 3_000
/** Interval of the checks of the client's event loop delay. */
const delayResolutionMs = 1
/** Warm-up calls, not counted. */
const secondsBefore = 5
const maxP99Ms = 20
/** `Nice=` of capture's systemd unit. */
const unitNice = -15
/** Enough ports for the calls in progress and for quarantined ports; below those of findPorts and the ephemeral ones. */
const mediaPorts = '127.0.0.1:6000-9999'
const official = officialByKey('aino')
const numbers = { recorded: '+35829497099', 'history only': '+35829512000' }

/** Prints median and 99th percentile in milliseconds, and the ratio to the bare server's. */
export async function inviteLatency({ seconds = 15 } = {}): Promise<Row[]> {
  const programs = compile()
  const bare = await startSipServer({
    host: '127.0.0.1',
    port: 0,
    transports: ['udp', 'tcp'],
    handler: immediateHandler,
  })
  const seloste = await startSeloste({ environment: { SELOSTE_RTP: mediaPorts } })
  const rows: Row[] = []
  const writeTimes: number[] = []
  const late = monitorEventLoopDelay({ resolution: delayResolutionMs })
  try {
    raisePriority((await seloste.rolePids()).capture)
    if (!programs) console.log('no gcc to build the sender of audio: measured without other calls in progress')
    const running = programs && (await generateCalls(seloste.sip, programs.generator, 12 * seconds))
    if (running) console.log(`${running.calls} other calls in progress`)
    // The client gets capture's priority, as if it ran on another machine; the sender of audio keeps the normal priority.
    raisePriority(process.pid)
    // Warms up: creates folders and compiles code, as in an installation that has run for an hour.
    await measure(seloste.sip, 'udp', numbers.recorded, secondsBefore)
    for (const transport of ['udp', 'tcp'] as const) {
      const yardstick = await measure({ host: '127.0.0.1', port: bare.port }, transport, numbers.recorded, seconds)
      print(`${transport}, bare SIP server`, yardstick, yardstick)
      for (const [kind, number] of Object.entries(numbers)) {
        const before = await readAnswers(seloste.url)
        const writing = await startSyncing()
        late.enable()
        const measured = await measure(seloste.sip, transport, number, seconds)
        late.disable()
        const alone = await writing.stop()
        writeTimes.push(...alone)
        print(`${transport}, ${kind}`, measured, yardstick)
        print('  write (O_DSYNC) alone', { times: alone, failed: 0 }, yardstick)
        const within = answersWithin(before, await readAnswers(seloste.url))
        console.log(`${'  in capture itself'.padEnd(24)} median under ${within(0.5)} ms  p99 under ${within(0.99)} ms`)
        const label = `${transport}, ${kind}, beside ${running ? running.calls : 0} calls`
        rows.push(rowOf(label, measured, within(0.99), yardstick))
      }
    }
    await running?.stop()
  } finally {
    setSessionPriority(0)
    await seloste.stop()
    await bare.stop()
  }
  const lateMs = (share: number) => ms(Math.max(0, late.percentile(100 * share) / 1e6 - delayResolutionMs))
  rows.push(
    {
      what: 'a synchronous write (O_DSYNC) on the same disk at the same time, without Seloste',
      measured: `p99 ${ms(percentile(writeTimes, 0.99))}, median ${ms(percentile(writeTimes, 0.5))}`,
    },
    { what: 'delay of the client’s event loop', measured: `p99 ${lateMs(0.99)}, median ${lateMs(0.5)}` },
  )
  return rows
}

/** Sets the priority of packaging/systemd/seloste-capture.service on each thread, because Linux keeps priorities per thread. */
function raisePriority(pid: number | undefined): void {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), unitNice)
    setSessionPriority(unitNice)
  } catch {
    console.log('only root can raise the priority of capture, as its systemd unit does: measured at normal priority')
  }
}

/**
 * Raises the priority of this session, which includes capture, like CPUWeight of a systemd unit. Needed if the kernel groups
 * processes by session (autogroup): a process's priority then counts within its session only, and each process of PostgreSQL
 * is a session of its own.
 */
function setSessionPriority(nice: number): void {
  try {
    writeFileSync('/proc/self/autogroup', String(nice))
  } catch {
    // Autogroups are absent here, or only root can change them.
  }
}

/** Makes calls that are recorded until stopped, for `seconds` at most, each with two streams of audio. */
async function generateCalls(server: { host: string; port: number }, generator: string, seconds: number) {
  const client = await startRecordingClient({ server, transport: 'tcp', timeoutMs: 10_000 })
  const sessions: RecordingSession[] = []
  for (let n = 0; n < runningCalls; n++) {
    const outcome = await client.invite(invitation(numbers.recorded, generatorPort))
    if (outcome.kind === 'answered') sessions.push(outcome.session)
    await wait(20)
  }
  const sender = spawn(generator, [String(generatorPort), String(seconds)], { stdio: ['pipe', 'ignore', 'inherit'] })
  sender.stdin.end(sessions.flatMap((session) => session.answer().map(({ address }) => address.port)).join('\n'))
  return {
    calls: sessions.length,
    async stop() {
      sender.kill()
      for (const session of sessions) await session.bye()
      await client.close()
    },
  }
}

const immediateHandler: Parameters<typeof startSipServer>[0]['handler'] = {
  onInvite(invite) {
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
    for (const label of Object.values(labels)) sdp.push('m=audio 9 RTP/AVP 8', 'a=inactive', `a=label:${label}`)
    invite.respond(200, { body: `${sdp.join('\r\n')}\r\n`, contentType: 'application/sdp' })
  },
  onAck: () => undefined,
  onReinvite: (invite) => void invite.respond(200),
  onUpdate: (request) => void request.respond(200),
  onBye: () => undefined,
  onDialogLost: () => undefined,
}

async function measure(
  server: { host: string; port: number },
  transport: 'udp' | 'tcp',
  number: string,
  seconds: number,
): Promise<{ times: number[]; failed: number }> {
  const client = await startRecordingClient({ server, transport, timeoutMs: 5_000 })
  const times: number[] = []
  let failed = 0
  const calls: Promise<void>[] = []
  const began = performance.now()
  for (let i = 0; i < seconds * callsPerSecond; i++) {
    await wait(Math.max(0, began + (i * 1000) / callsPerSecond - performance.now()))
    calls.push(
      call(client, number).then((took) => {
        if (took === undefined) failed++
        else times.push(took)
      }),
    )
  }
  await Promise.all(calls)
  await client.close()
  return { times: times.sort((a, b) => a - b), failed }
}

/** Returns milliseconds from INVITE to 200, or undefined without a 200. */
async function call(client: RecordingClient, number: string): Promise<number | undefined> {
  const invited = invitation(number)
  const sent = performance.now()
  const outcome = await client.invite(invited)
  const tookMs = performance.now() - sent
  if (outcome.kind !== 'answered') return undefined
  await wait(callMs)
  await outcome.session.bye()
  return tookMs
}

function invitation(number: string, port = 9): Invitation {
  const now = new Date()
  const plan = { seed: 1, caller: '+358401234567', number, official }
  const group = { id: freshIdentifiers.uuid(), startedAt: now }
  const metadata = writeMetadata(describeLeg(plan, freshIdentifiers, { group, startedAt: now, number, official }, now))
  const streams = Object.values(labels).map((label) => ({ label, port }))
  return { streams, codecs: ['pcma'], metadata }
}

/** Returns capture's answers since its start, by upper bound in milliseconds. */
async function readAnswers(url: string): Promise<Map<number, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = text.matchAll(/^seloste_capture_answer_seconds_bucket\{le="([^"]+)",.*answer="taken".*\} ([0-9]+)$/gm)
  return new Map(
    [...found].map(([, bound, count]) => [1000 * Number(bound?.replace('+Inf', 'Infinity')), Number(count)]),
  )
}

/** Returns the milliseconds within which a share of the answers between the two readings was sent. */
function answersWithin(before: Map<number, number>, after: Map<number, number>): (share: number) => number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
  const all = counts.at(-1)?.[1] ?? 0
  return (share) => counts.find(([, count]) => count >= share * all)?.[0] ?? NaN
}

interface Answers {
  times: number[]
  failed: number
}

function rowOf(label: string, { times, failed }: Answers, ownP99Ms: number, yardstick: Pick<Answers, 'times'>): Row {
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
  return {
    what: `INVITE to 200, ${callsPerSecond} a second, ${label}${failed > 0 ? `; ${failed} failed` : ''}`,
    measured: `p99 ${ms(p99)}, median ${ms(p50)}; in capture itself p99 under ${ownP99Ms} ms`,
    yardstick: `bare SIP server, median ${ms(percentile(yardstick.times, 0.5))}`,
    ratio: ratio(p50, percentile(yardstick.times, 0.5)),
    target: `p99 under ${maxP99Ms} ms`,
    isReached: failed === 0 && p99 < maxP99Ms,
  }
}

function print(name: string, measured: Answers, yardstick: Pick<Answers, 'times'>): void {
  const [p50, p99] = [percentile(measured.times, 0.5), percentile(measured.times, 0.99)]
  const failed = measured.failed > 0 ? `  FAILED ${measured.failed}` : ''
  console.log(
    `${name.padEnd(24)} median ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms  ${ratio(p50, percentile(yardstick.times, 0.5))} of ${measured.times.length} calls${failed}`,
  )
}
