/** Runs one receiver and the generator together, and returns the receiver's report. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const here = import.meta.dirname
export const generatorPort = 29_998

/** Compiles the C programs; returns undefined if the machine has no C compiler. */
export function compile(): { generator: string; bareReceiver: string } | undefined {
  if (spawnSync('gcc', ['--version']).status !== 0) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'seloste-bench-'))
  const build = (name: string) => {
    const target = join(folder, name)
    const { status, stderr } = spawnSync('gcc', ['-O2', '-Wall', '-o', target, join(here, `${name}.c`)])
    if (status !== 0) throw new Error(stderr.toString())
    return target
  }
  return { generator: build('generator'), bareReceiver: build('bare-receiver') }
}

export type Receiver = { command: string; args: string[]; ports?: number[] }

/** File with packets that are sent in order to every stream, instead of the packets of expected-payload.ts. */
export type PacketFile = { path: string; packetBytes: number }

/** `sent` counts packets to each stream, `lateMs` is the sender's largest delay. `result` is the receiver's last line. */
export async function runReceiver<Result>(
  receiver: Receiver,
  generator: string,
  seconds: number,
  made?: PacketFile,
  /** The generator's own port, known to the receiver. */
  port = generatorPort,
) {
  const child = spawn(receiver.command, receiver.args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = linesOf(child)
  const first = await lines.next()
  const ports = receiver.ports ?? (JSON.parse(String(first.value)) as number[])
  const args = [String(port), String(seconds), ...(made ? [made.path, String(made.packetBytes)] : [])]
  const sender = spawn(generator, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const sentLines = linesOf(sender)
  sender.stdin.end(ports.join('\n'))
  const [sent, lateMs] = String((await sentLines.next()).value)
    .split(' ')
    .map(Number) as [number, number]
  await sleep(300)
  child.stdin.end()
  const result = JSON.parse(String((await lines.next()).value)) as Result
  if (child.exitCode === null) await once(child, 'exit')
  return { sent, lateMs, result }
}

function linesOf(child: ChildProcess): AsyncIterator<string> {
  return createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
}
