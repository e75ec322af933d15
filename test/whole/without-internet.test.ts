/** AC25: every function works without the internet. Runs a whole Seloste with only the loopback interface. */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('use-everything.ts', import.meta.url))
/** Runs a command in a network namespace, which needs root and a kernel that allows it. */
const inNamespace = (...command: string[]): [string, string[]] => [
  'unshare',
  ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command],
]
const isPossible = spawnSync(...inNamespace('true')).status === 0

test.skipIf(!isPossible)(
  'with only loopback a call is captured, played, backed up, forbidden and destroyed, and the log is whole',
  { timeout: 400_000 },
  async () => {
    const [command, args] = inNamespace(process.execPath, script)
    const text = await new Promise<string>((resolve, reject) => {
      // An S3 server would be outside this network, so folders are used.
      const env = { ...process.env, SELOSTE_TEST_OBJECTS: '' }
      execFile(command, args, { env, maxBuffer: 1 << 24 }, (error, out, err) => {
        if (error) reject(new Error(`it ended with ${error.code}:\n${out}${err}`))
        else resolve(out)
      })
    })
    expect(JSON.parse(text.trim().split('\n').at(-1) ?? '')).toEqual({
      interfaces: ['lo'],
      captured: 'available',
      heardSamples: expect.any(Number) as number,
      backedUp: { code: 0, backups: expect.any(Number) as number },
      forbidden: 200,
      page: { status: 200, asksElsewhere: false },
      verified: 0,
      failures: [],
    })
  },
)
