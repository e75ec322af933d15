// R27, R50: a program supplied by an agency leaves nothing of its input on disk, and sends nothing of it to another
// process of the machine, also without bubblewrap.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runInChildProcess } from '#platform/processes/run-in-child-process.ts'
import { commandFor, findIsolation } from '#platform/processes/isolate-program.ts'

const folder = await mkdtemp(join(tmpdir(), 'seloste-engine-'))
afterAll(() => rm(folder, { recursive: true }))
const isolationHere = await findIsolation()
const hasOwnRoot = isolationHere === 'bwrap' || isolationHere === 'unshare'
const python = '/usr/bin/python3'
const text = 'original sound of a call'

async function python3(code: string) {
  const script = join(folder, 'engine.py')
  await writeFile(script, code)
  await chmod(script, 0o644)
  const sha = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
  return {
    ...{ name: 'engine', version: '1', licence: 'MIT', program: python, sha256: await sha(python) },
    ...{ arguments: [script], files: [{ path: script, sha256: await sha(script), licence: 'MIT' }] },
  }
}

const input = [Buffer.from(text)]
const options = { input, maxBytes: 2_000, limitMs: 20_000 }
const isolations = hasOwnRoot ? (['unshare', 'shared-files'] as const) : (['shared-files'] as const)

test.skipIf(isolationHere === 'none').each(isolations)(
  'a program that is killed leaves no temporary file of its input (%s)',
  async (isolation) => {
    const name = `left-${process.pid}-${isolation}.wav`
    const writer = await python3(
      `import sys, os, tempfile, time
path = os.path.join(tempfile.gettempdir(), '${name}')
open(path, 'wb').write(sys.stdin.buffer.read())
sys.stdout.write('x' * 3000)
sys.stdout.flush()
time.sleep(60)`,
    )
    await expect(runInChildProcess(writer, { ...options, isolation })).rejects.toMatchObject({
      code: 'program-answer-too-long',
    })
    const folders = ['/tmp', '/dev/shm', ...(await readdir('/dev/shm')).map((entry) => join('/dev/shm', entry))]
    const leftovers = await Promise.all(
      folders.map((searched) => readFile(join(searched, name), 'utf8').catch(() => '')),
    )
    await rm(join('/tmp', name), { force: true })
    expect(leftovers.join('')).toBe('')
  },
)

test.skipIf(!hasOwnRoot)(
  'a program reaches no socket and no file of the machine except those named to it',
  async () => {
    const received: string[] = []
    const server = createServer((socket) => socket.on('data', (bytes) => received.push(bytes.toString())))
    const path = join(folder, 'postgres.sock')
    await once(server.listen(path), 'listening')
    const keys = join(folder, 'keys.json')
    await writeFile(keys, 'secret')
    const prober = await python3(
      `import json, os, socket, sys
input = sys.stdin.buffer.read()
found = {'keys': os.path.exists(${JSON.stringify(keys)}), 'run': os.path.exists('/run'), 'old': os.path.exists('/old')}
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(${JSON.stringify(path)})
    s.sendall(input)
    found['reached'] = True
except OSError:
    found['reached'] = False
status = open('/proc/self/status').read().split('\\n')
found['rights'] = [l.split()[1] for l in status if l.startswith(('CapPrm', 'CapBnd'))]
for path in (os.path.dirname(__file__) + '/new', '/usr/new', __file__):
    try:
        open(path, 'a').close()
        found[path] = path == os.path.dirname(__file__) + '/new'
    except OSError:
        found[path] = True
json.dump(found, sys.stdout)`,
    )
    try {
      const answer = JSON.parse(
        (await runInChildProcess(prober, { ...options, isolation: 'unshare' })).toString(),
      ) as object
      const none = '0'.repeat(16)
      expect(answer).toMatchObject({ keys: false, run: false, old: false, reached: false, rights: [none, none] })
      expect(Object.entries(answer).filter(([name, isRefused]) => name.startsWith('/') && isRefused !== true)).toEqual(
        [],
      )
      expect(await readdir(folder)).not.toContain('new')
      expect(received).toEqual([])
    } finally {
      server.close()
    }
  },
)

test('a crash of a program leaves no core file and reaches no crash collector', async () => {
  for (const isolation of ['bwrap', 'unshare', 'shared-files'] as const)
    expect((await commandFor({ program: '/bin/true' }, isolation)).slice(0, 2)).toEqual(['prlimit', '--core=1:1'])
})
