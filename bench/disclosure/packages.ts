/**
 * Measures the disclosure of twenty recordings of ten minutes (R27, R30, R33): rendered from checked transcripts by the
 * custodian, then packed, from the release until the package is ready. Yardsticks: other programs with the same text and bytes.
 */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as age from 'age-encryption'
import { unzipSync } from 'fflate'
import { openBenchRegister } from './bench-register.ts'
import { longCall, readDialogues, type LongCall } from './long-calls.ts'
import { ratio, type Row } from '../rows.ts'

const maxSeconds = 120
const checkMs = 100
const run = promisify(execFile)

/** Measures both steps. Required: at most two minutes for rendering all, and for packing all. */
export async function packages({
  recordings = Number(process.env['N'] ?? 20),
  seconds = Number(process.env['S'] ?? 600),
} = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const register = await openBenchRegister(folder)
  try {
    const dialogues = readDialogues()
    const calls = Array.from({ length: recordings }, (_, nth) => longCall(dialogues, nth, seconds))
    const copies = await register.copiesOf(calls)
    const spoken = calls.reduce((sum, call) => sum + call.spoken, 0)
    console.log(
      `${recordings} recordings of ${seconds} s, ${(spoken / recordings / 60).toFixed(1)} minutes of speech in each, ${availableParallelism()} cores`,
    )

    const yardstick = await speakByCommand(calls)
    const rendered = await timed(async () => {
      for (const copy of copies) await register.render(copy)
      return untilAllDone('rendered', recordings, () => register.renderedOf(copies))
    })
    print('rendered, all of them', rendered, `x${(rendered.seconds / yardstick).toFixed(2)} of espeak-ng`)
    await register.approveAndGrant(copies)

    const begun = await timed(async () => {
      const { id } = await register.release()
      return { id, seen: await untilAllDone('packed', recordings, () => register.packedOf(id)) }
    })
    const { file, identity } = await register.packageOf(begun.value.id)
    const bare = await packByCommand(folder, file, identity, recordings)
    print(
      'released until ready',
      begun,
      `x${(begun.seconds / bare).toFixed(2)} of opusenc, zip and age; ${(file.length / 1e6).toFixed(1)} MB`,
    )
    console.log(
      `progress seen             ${rendered.value} times while rendered, ${begun.value.seen} times while packed (at most ${maxSeconds} s each)`,
    )
    const row = (label: string, took: number, yardstick: string, yardstickSeconds: number): Row => ({
      what: `${recordings} recordings of ${seconds} s ${label}`,
      measured: `${took.toFixed(1)} s`,
      yardstick: `${yardstick} ${yardstickSeconds.toFixed(1)} s`,
      ratio: ratio(took, yardstickSeconds),
      target: `at most ${maxSeconds} s`,
      isReached: took <= maxSeconds,
    })
    return [
      row('rendered', rendered.seconds, 'espeak-ng', yardstick),
      row('released', begun.seconds, 'opusenc, zip and age', bare),
    ]
  } finally {
    await register.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Timed<Value> {
  value: Value
  seconds: number
  cpuSeconds: number
}

/** CPU of this process with its threads; the database's is small. */
async function timed<Value>(work: () => Promise<Value>): Promise<Timed<Value>> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const value = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { value, seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 }
}

function print(label: string, { seconds, cpuSeconds }: Timed<unknown>, more: string): void {
  console.log(`${label.padEnd(25)} ${seconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s  ${more}`)
}

/**
 * Waits until all are done.
 * @returns how many different states of progress were seen meanwhile
 */
async function untilAllDone(
  label: string,
  all: number,
  readProgress: () => Promise<{ done: number; failed: string | undefined; share: number }>,
): Promise<number> {
  const seen = new Set<number>()
  for (;;) {
    const { done, failed, share } = await readProgress()
    if (failed !== undefined) throw new Error(`one could not be ${label}: ${failed}`)
    seen.add(share)
    if (done === all) return seen.size
    await sleep(checkMs)
  }
}

/** Returns the seconds in which espeak-ng's own command speaks the same words, on every core. */
async function speakByCommand(calls: readonly LongCall[]): Promise<number> {
  const texts = calls.flatMap(({ turns }) =>
    (['fi', 'sv', 'en'] as const).flatMap((language) => {
      const spoken = turns.filter((turn) => turn.language === language).map(({ text }) => text)
      return spoken.length === 0 ? [] : [{ language, text: spoken.join('\n') }]
    }),
  )
  const { seconds } = await timed(() =>
    onEveryCore(texts, ({ language, text }) =>
      run('sh', ['-c', 'exec espeak-ng -v "$1" -s 165 --stdout -- "$2" > /dev/null', 'sh', language, text]),
    ),
  )
  console.log(`espeak-ng's own command   ${seconds.toFixed(1)} s for the same words, on every core`)
  return seconds
}

/** Returns the seconds in which opusenc, zip and age make a package of the same audio, which is decrypted first. */
async function packByCommand(folder: string, file: Buffer, identity: string, all: number): Promise<number> {
  const decrypter = new age.Decrypter()
  decrypter.addIdentity(identity)
  const entries = Object.entries(unzipSync(await decrypter.decrypt(file)))
  const sounds = entries.filter(([name]) => name.endsWith('.opus'))
  if (sounds.length !== all) throw new Error(`${sounds.length} sounds are in the package, of ${all}`)
  const unpacked = join(folder, 'unpacked')
  await mkdir(unpacked)
  for (const [name, bytes] of sounds) await writeFile(join(unpacked, name), bytes)
  const wavs = sounds.map(([name]) => name.replace('.opus', '.wav'))
  await onEveryCore(sounds, ([name]) =>
    run('opusdec', ['--quiet', '--rate', '8000', join(unpacked, name), join(unpacked, name.replace('.opus', '.wav'))]),
  )
  const recipient = await age.identityToRecipient(identity)
  const { seconds } = await timed(async () => {
    await onEveryCore(wavs, (name) =>
      run('opusenc', [
        '--quiet',
        '--bitrate',
        '32',
        '--comp',
        '5',
        join(unpacked, name),
        join(unpacked, `${name}.opus`),
      ]),
    )
    await run('sh', [
      '-c',
      'cd "$1" && zip -0 -q - *.wav.opus | age -r "$2" > ../package.age',
      'sh',
      unpacked,
      recipient,
    ])
  })
  console.log(`opusenc, zip and age      ${seconds.toFixed(1)} s for the same sounds, on every core`)
  return seconds
}

async function onEveryCore<One>(list: readonly One[], work: (one: One) => Promise<unknown>): Promise<void> {
  const waiting = [...list]
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one)
    }),
  )
}
