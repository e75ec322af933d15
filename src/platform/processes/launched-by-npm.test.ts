import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = await mkdtemp(join(tmpdir(), 'seloste-npm-'))
afterAll(() => rm(folder, { recursive: true }))

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'processes started by "npm run" end when npm is ended by %s',
  async (signal) => {
    const watched = new URL('launched-by-npm.ts', import.meta.url).href
    await writeFile(
      join(folder, 'launched.ts'),
      `import { watchNpm } from '${watched}'
     watchNpm(() => process.exit(0))
     setInterval(() => undefined, 1000)
     console.log('pid ' + process.pid)`,
    )
    const scripts = { launch: `${JSON.stringify(process.execPath)} launched.ts` }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'launched', type: 'module', scripts }))
    const npm = spawn('npm', ['run', 'launch'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
    const pid = await new Promise<number>((resolve, reject) => {
      let output = ''
      npm.stdout.on('data', (part: Buffer) => {
        output += part.toString()
        const found = /pid (\d+)/.exec(output)?.[1]
        if (found) resolve(Number(found))
      })
      npm.on('exit', () => reject(new Error(`npm ended: ${output}`)))
    })
    npm.removeAllListeners('exit')
    const ended = once(npm, 'exit')
    npm.kill(signal)
    await ended
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  },
)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
