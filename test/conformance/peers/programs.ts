/** Starts rtpengine, and ends external programs, for the tests. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { findPorts, freePort } from '../../whole/free-ports.ts'

export const hasRtpengine = spawnSync('rtpengine', ['--version']).status === 0

/** Starts rtpengine in userspace, without the kernel module; `interfaces` in the notation of border controllers. */
export async function startRtpengine(interfaces: readonly string[]): Promise<{ program: ChildProcess; port: number }> {
  const [port, cli] = [await freePort(), await freePort()]
  const { firstRtp, lastRtp } = await findPorts()
  const program = spawn(
    'rtpengine',
    [
      ...interfaces.map((name) => `--interface=${name}`),
      ...[`--listen-ng=127.0.0.1:${port}`, `--listen-cli=127.0.0.1:${cli}`, '--table=-1'],
      ...[`--port-min=${firstRtp}`, `--port-max=${lastRtp}`, '--foreground', '--log-stderr'],
    ],
    { stdio: 'ignore' },
  )
  return { program, port }
}

export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(late)
}
