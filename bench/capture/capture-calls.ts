/**
 * The whole capture path as one process: ports, receivers, sealing, disk, tail journal; without SIP.
 *
 *     capture-calls <folder> <age1... recipient> <generator's port> <calls> [<SRTP master key and salt, hex, or -> [<first port>]]
 *
 * Prints the ports as JSON, runs until its input ends, finishes all recordings, and prints its CPU until its input ended, its
 * memory every few seconds, and the counters.
 */
import { createSecretKey } from 'node:crypto'

import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { receiveStream, type ReceivedStream } from '#capture/rtp/receive-stream.ts'
import { makeMasterKey, suiteNamed } from '#capture/srtp/suites.ts'
import { chooseListening } from '#platform/datagrams/choose-listening.ts'
import { createRecordingWriter, type RecordingWriter } from '#register/recordings/recording-writer.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'

const [directory, intakePublicKey, generatorPort, callCount, srtpKey = '-', firstPort = '30000'] = process.argv.slice(
  2,
) as [...[string, string, string, string], string | undefined, string | undefined]
const suite = suiteNamed('AES_CM_128_HMAC_SHA1_80')!
const keys =
  srtpKey === '-'
    ? undefined
    : { theirs: [{ suite, secret: createSecretKey(srtpKey, 'hex') }], own: makeMasterKey(suite) }
const memoryMs = 5_000
const peer = { address: '127.0.0.1', port: Number(generatorPort) }
const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
const allocator = createPortAllocator({
  address: '127.0.0.1',
  firstPort: Number(firstPort),
  lastPort: Number(firstPort) + 4_999,
})
const faults: string[] = []
const onFault = ({ message }: Error) => void faults.push(message)
const tail = await createTailJournal({ directory, run: String(process.pid), onFault })
const calls: { writer: RecordingWriter; streams: ReceivedStream[]; arrival100us: () => number }[] = []
for (let n = 0; n < Number(callCount); n++) {
  const startedAt = Temporal.Now.instant()
  const writer = await createRecordingWriter({ id: `call-${n}`, directory, intakePublicKey, startedAt, tail, onFault })
  writer.mark('mapping', 0, { streams: { 0: 'caller', 1: 'official' } })
  const started = performance.now()
  const arrival100us = () => Math.round((performance.now() - started) * 10)
  const streams: ReceivedStream[] = []
  for (const stream of [0, 1]) {
    const ports = await allocator.allocate()
    if (ports === 'no-port-left') throw new Error(ports)
    const described = { stream, peer, codecs, keys, recording: writer }
    streams.push(receiveStream({ ...described, ports, arrival100us, ssrc: 2 * n + stream, cname: 'bench' }))
  }
  calls.push({ writer, streams, arrival100us })
}

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const memory: [number, number, number][] = []
const measured = performance.now()
const memoryTimer = setInterval(() => {
  const { rss, heapUsed, external } = process.memoryUsage()
  memory.push([(performance.now() - measured) / 1000, rss / 1e6, (heapUsed + external) / 1e6])
}, memoryMs)
const before = process.cpuUsage()
process.stdout.write(`${JSON.stringify(calls.flatMap(({ streams }) => streams.map(({ port }) => port)))}\n`)
process.stdin.resume()
await once(process.stdin, 'end')
const { user, system } = process.cpuUsage(before)
delay.disable()
clearInterval(memoryTimer)
for (const { streams } of calls) for (const stream of streams) stream.deliverWaiting()
const reports = calls.flatMap(({ streams }) => streams.map((stream) => stream.report()))
for (const { streams } of calls) for (const stream of streams) stream.close()
for (const { writer, arrival100us } of calls) await writer.finish(arrival100us())
await tail.close()
process.stdout.write(
  `${JSON.stringify({
    packets: reports.reduce((sum, { received }) => sum + received, 0),
    lost: reports.reduce((sum, { lost }) => sum + lost, 0),
    others: reports.reduce((sum, r) => sum + r.foreign + r.invalid + r.unauthentic + r.late + r.duplicates + r.shed, 0),
    cpuMicroseconds: user + system,
    inBatches: (await chooseListening()).inBatches,
    eventLoopP99Ms: delay.percentile(99) / 1e6,
    eventLoopMaxMs: delay.max / 1e6,
    memory,
    residentMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
    faults,
  })}\n`,
)
process.exit()
