import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { findSystemd } from './notify-systemd.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-notify-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Node has no datagram sockets of this kind, so a Python program acts as systemd. */
const receiver = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
for _ in range(4): print(repr(s.recv(4096).decode()), flush=True)`
const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find(existsSync)

test.skipIf(!python || process.platform !== 'linux').each(['plain', 'abstract'])(
  'systemd receives at a %s socket that a process is ready, and repeatedly that it is alive',
  async (kind) => {
    const path = join(folder, 'notify')
    let text = ''
    const received = () => text.split('\n').slice(0, -1)
    const bound = kind === 'plain' ? path : `\\0${path}`
    const program = receiver.replace('sys.argv[1]', `'${bound}'`)
    const child = spawn(python!, ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.on('data', (part: Buffer) => (text += part.toString()))
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(received).toEqual(['bound'])
    const code = `import { findSystemd } from ${JSON.stringify(fileURLToPath(new URL('./notify-systemd.ts', import.meta.url)))}
      const systemd = findSystemd(process.env)
      systemd.notify('READY=1', 'STATUS=at 127.0.0.1:5060')
      systemd.sendWatchdog()
      setTimeout(() => undefined, 5000)`
    const notifier = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, NOTIFY_SOCKET: kind === 'plain' ? path : `@${path}`, WATCHDOG_USEC: '300000' },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    onTestFinished(() => void notifier.kill('SIGKILL'))
    await once(child, 'close')
    expect(received()).toEqual([
      'bound',
      String.raw`'READY=1\nSTATUS=at 127.0.0.1:5060'`,
      "'WATCHDOG=1'",
      "'WATCHDOG=1'",
      "'WATCHDOG=1'",
    ])
  },
)

test('without systemd, or after its socket is removed, nothing happens', () => {
  for (const NOTIFY_SOCKET of [undefined, '', 'vsock:2:1234', '/run/no-such-socket', `/${'x'.repeat(200)}`]) {
    const systemd = findSystemd({ NOTIFY_SOCKET, WATCHDOG_USEC: '1000000' })
    expect(() => systemd.notify('READY=1')).not.toThrow()
    expect(() => systemd.sendWatchdog()).not.toThrow()
  }
})
