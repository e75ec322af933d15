/** Child process for recovery.test.ts: writes recordings whose packets contain their creation time, until it is killed. */
import { createRecordingWriter, type RecordingWriter } from './recording-writer.ts'
import { createTailJournal } from './tail-journal.ts'

const [directory, recipient, recordings] = process.argv.slice(2) as [string, string, string]
const startedAt = Temporal.Now.instant()
const started = process.hrtime.bigint()
const tail = await createTailJournal({ directory, run: String(process.pid), segmentMs: 1500 })
const writers: RecordingWriter[] = []
for (let n = 0; n < Number(recordings); n++) {
  const writer = await createRecordingWriter({
    id: `call-${n}`,
    directory,
    intakePublicKey: recipient,
    startedAt,
    tail,
  })
  writer.source(0, n, 0, 0, [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }])
  writers.push(writer)
}
const payload = Buffer.alloc(900)
let seq = 0
setInterval(() => {
  const now = process.hrtime.bigint()
  payload.writeBigUInt64BE(now)
  const arrival100us = Number((now - started) / 100_000n)
  // The first call is slow: its chunk stays open across segments.
  writers.forEach((writer, n) => {
    if (n > 0 || seq % 10 === 0)
      writer.packet(0, 8, false, seq, seq * 160, arrival100us, payload, 0, n === 0 ? 160 : 900)
  })
  seq++
}, 10)
process.stdout.write('ready\n')
